/** Signed notes and their keys (C2SP signed-note), with Ed25519. docs/formats.md, "Key". */

import { sha256 } from "@noble/hashes/sha2.js";

import { concat, equal, fromBase64, hex, utf8, type Bytes } from "./bytes.ts";
import * as ed25519 from "./ed25519.ts";

/** The note or the key is malformed, or the signature wrong. The message is for people. */
export class NoteError extends Error {}

/** A named public key: what C2SP signed-note calls a vkey. */
export interface VerifierKey {
  readonly name: string;
  readonly id: Bytes;
  readonly publicKey: Bytes;
}

const ED25519 = 0x01;
const ID_BYTES = 4;
const KEY_BYTES = 32;
const MAX_SIGNATURES = 100;
const NO_NAME = /^$|\+|\p{White_Space}/u;
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

/**
 * Read a key as `<name>+<key id>+<base64 of type and key>`.
 *
 * @throws NoteError it is malformed, not Ed25519, or its key id is wrong.
 */
export function parseKey(text: string): VerifierKey {
  const [name, rest] = cut(text, "+");
  const [id, encoded] = cut(rest, "+");
  const typed = decoded(encoded);
  if (typed[0] !== ED25519) throw new NoteError("the key is not an Ed25519 key");
  if (NO_NAME.test(name)) throw new NoteError("the key's name is empty, or has spaces in it");
  const publicKey = typed.subarray(1);
  if (publicKey.length !== KEY_BYTES) throw new NoteError("an Ed25519 public key has 32 bytes");
  const found = sha256(concat(utf8(`${name}\n`), typed)).subarray(0, ID_BYTES);
  if (hex(found) !== id) {
    throw new NoteError("the key's id does not belong to its name and bytes");
  }
  return { name, id: found, publicKey };
}

/**
 * Return the text of a note that is signed by the key. Signatures of other keys are passed over.
 *
 * @throws NoteError the note is malformed, or the key's signature is missing or wrong.
 */
export function verify(note: string, key: VerifierKey): string {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || end + 2 === note.length || !note.endsWith("\n")) {
    throw new NoteError("the note is not a text, an empty line and signature lines");
  }
  if (CONTROL.test(note)) throw new NoteError("the note has control characters");
  const text = note.slice(0, end + 1);
  const lines = note.slice(end + 2, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) throw new NoteError("the note has too many signatures");
  const signatures = lines.map(signatureOf);
  const signed = signatures.find(
    ({ name, data }) => name === key.name && equal(data.subarray(0, ID_BYTES), key.id),
  );
  if (signed === undefined) throw new NoteError("the note is not signed by the receipt's key");
  if (!ed25519.verify(signed.data.subarray(ID_BYTES), utf8(text), key.publicKey)) {
    throw new NoteError("the signature does not fit the text");
  }
  return text;
}

function signatureOf(line: string): { name: string; data: Bytes } {
  const [dash, rest] = cut(line, " ");
  const [name, encoded] = cut(rest, " ");
  if (dash !== "—" || name === "" || encoded === "") {
    throw new NoteError("a signature line is malformed");
  }
  return { name, data: decoded(encoded) };
}

function decoded(encoded: string): Bytes {
  const data = fromBase64(encoded);
  if (data === undefined) throw new NoteError("malformed base64");
  return data;
}

/** Cut a text in two at the first of a character. */
function cut(text: string, character: string): [string, string] {
  const at = text.indexOf(character);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
