/** What a device signs: a compact JWS with ES256, and its payload. docs/formats.md. */

import { p256 } from "@noble/curves/nist.js";

import { fromBase64url, fromUtf8, utf8, type Bytes } from "../bytes.ts";
import * as canonical from "../canonical.ts";
import { isMembers, JsonError, parse, type Json, type Members } from "../json.ts";
import { DidKeyError, p256KeyOf } from "./did-key.ts";

/** An envelope cannot be taken. The message is for people. */
export class EnvelopeError extends Error {}

/** What all payloads have, and the sensor where it is a reading. */
export interface Payload {
  readonly issuer: string;
  readonly epoch: number;
  readonly seq: number;
  readonly reading?: { readonly sensor: string; readonly value: string; readonly unit?: string };
}

const MAX_LENGTH = 2048;
const HEADER = "eyJhbGciOiJFUzI1NiJ9"; // {"alg":"ES256"}
const SIGNATURE_BYTES = 64;
const MAX_EPOCH = 2 ** 32 - 1;
const MAX_VALUE = 255;
const MAX_TEXT = 120;
const SENSOR = new RegExp(`^[a-z0-9_-]{1,${MAX_TEXT}}$`);
const HASH = /^[0-9a-f]{8,128}$/;
// They hide, or turn what stands beside them. A list, because Unicode's categories change.
const DECEIVING =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

/**
 * Verifies envelopes with the keys that they name, and reads them. Throws an EnvelopeError where one
 * is none, or its signature is wrong.
 */
export type Open = (envelope: string) => Promise<Payload>;

/** Make one that remembers keys: most envelopes of a receipt are of few devices. */
export function opener(): Open {
  const known = new Map<string, Promise<Verify>>();

  function keyOf(did: string): Promise<Verify> {
    const key = known.get(did) ?? imported(keyNamed("iss", did));
    known.set(did, key);
    return key;
  }

  return (envelope) => opened(envelope, keyOf);
}

async function opened(text: string, keyOf: (did: string) => Promise<Verify>): Promise<Payload> {
  if (text.length > MAX_LENGTH) {
    throw new EnvelopeError(`an envelope has at most ${MAX_LENGTH} characters`);
  }
  const [header, payload, encoded, ...more] = text.split(".");
  if (payload === undefined || encoded === undefined || more.length) {
    throw new EnvelopeError("an envelope is three texts with dots between");
  }
  if (header !== HEADER) {
    throw new EnvelopeError('the header of an envelope is {"alg":"ES256"}, to the byte');
  }
  const data = fromBase64url(payload);
  const signature = fromBase64url(encoded);
  if (!data || !signature) {
    throw new EnvelopeError("this is not base64url in its one form without padding");
  }
  requireSignature(signature);
  const content = textOf(data);
  const isSigned = await keyOf(issuerOf(content));
  if (!(await isSigned(signature, utf8(`${header}.${payload}`)))) {
    throw new EnvelopeError("the signature is not one of the key that the envelope names");
  }
  return payloadOf(content);
}

/** RFC 7518, section 3.4: r ‖ s; of the two signatures that fit, the one with the low s. */
function requireSignature(signature: Bytes): void {
  if (signature.length !== SIGNATURE_BYTES) throw new EnvelopeError("a signature has 64 bytes");
  let low;
  try {
    low = !p256.Signature.fromBytes(signature).hasHighS();
  } catch {
    throw new EnvelopeError("the signature is out of range");
  }
  if (!low) throw new EnvelopeError("the signature is not the one with the low s");
}

/** Whether a key signed a message. */
type Verify = (signature: Bytes, message: Bytes) => boolean | Promise<boolean>;

/** With WebCrypto, which is faster by far, where the page is in a secure context. */
async function imported(key: Bytes): Promise<Verify> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) return (signature, message) => p256.verify(signature, message, key);
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const point = p256.Point.fromBytes(key).toBytes(false) as BufferSource;
  const made = await subtle.importKey("raw", point, algorithm, false, ["verify"]);
  return (signature, message) =>
    subtle.verify(algorithm, made, signature as BufferSource, message as BufferSource);
}

function textOf(data: Bytes): string {
  const text = fromUtf8(data);
  if (text === undefined) throw new EnvelopeError("the payload is not JSON");
  return text;
}

function issuerOf(content: string): string {
  let members: Json;
  try {
    members = parse(content);
  } catch (err) {
    if (err instanceof JsonError) throw new EnvelopeError("the payload is not JSON");
    throw err;
  }
  const issuer = isMembers(members) ? members.get("iss") : undefined;
  if (typeof issuer !== "string") {
    throw new EnvelopeError("the payload names no device in 'iss'");
  }
  return issuer;
}

function keyNamed(name: string, did: string): Bytes {
  try {
    return p256KeyOf(did);
  } catch (err) {
    if (err instanceof DidKeyError) throw new EnvelopeError(`'${name}': ${err.message}`);
    throw err;
  }
}

/** Read a payload: exactly the members of one kind, and none else. */
function payloadOf(content: string): Payload {
  const members = canonicalMembers(content);
  const fields = new Fields(members);
  const issuer = fields.text("iss", MAX_TEXT);
  const common = {
    issuer,
    epoch: fields.number("epoch", 0, MAX_EPOCH),
    seq: fields.number("seq", 1),
  };
  fields.number("iat");
  fields.number("uptime");
  let payload: Payload = common;
  if (members.has("sensor")) {
    const sensor = fields.matching("sensor", SENSOR);
    const value = fields.text("value", MAX_VALUE);
    const unit = members.has("unit") ? { unit: fields.label("unit") } : {};
    payload = { ...common, reading: { sensor, value, ...unit } };
  } else if (members.has("next")) {
    const next = fields.text("next", MAX_TEXT);
    keyNamed("next", next);
    if (next === issuer) throw new EnvelopeError("'next' is the same key");
  } else {
    for (const name of ["config", "firmware"]) fields.matching(name, HASH);
    for (const name of ["esphome", "model", "name"]) fields.label(name);
  }
  fields.requireNoOthers();
  return payload;
}

function canonicalMembers(content: string): Members {
  try {
    return canonical.decode(content) as Members;
  } catch (err) {
    if (err instanceof canonical.CanonicalError) {
      throw new EnvelopeError(`the payload: ${err.message}`);
    }
    throw err;
  }
}

/** The members of a payload, each taken once and checked. */
class Fields {
  readonly #left: Map<string, Json>;

  constructor(members: Members) {
    this.#left = new Map(members);
  }

  number(name: string, least = 0, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.#take(name);
    if (typeof value !== "number" || value < least || value > most) {
      throw new EnvelopeError(`'${name}' is not an integer from ${least} to ${most}`);
    }
    return value;
  }

  text(name: string, most: number): string {
    const value = this.#take(name);
    if (typeof value !== "string" || [...value].length > most) {
      throw new EnvelopeError(`'${name}' is not text of at most ${most} characters`);
    }
    return value;
  }

  matching(name: string, pattern: RegExp): string {
    const value = this.#take(name);
    if (typeof value !== "string" || !pattern.test(value)) {
      throw new EnvelopeError(`'${name}' is not written as it must be`);
    }
    return value;
  }

  /** Take words that are shown to people. */
  label(name: string): string {
    const value = this.text(name, MAX_TEXT);
    if (value === "" || DECEIVING.test(value)) {
      throw new EnvelopeError(`'${name}' is empty or has characters that do not show`);
    }
    return value;
  }

  requireNoOthers(): void {
    if (this.#left.size) {
      throw new EnvelopeError("the payload has members that do not belong there");
    }
  }

  #take(name: string): Json {
    const value = this.#left.get(name);
    if (value === undefined) throw new EnvelopeError(`the payload lacks '${name}'`);
    this.#left.delete(name);
    return value;
  }
}
