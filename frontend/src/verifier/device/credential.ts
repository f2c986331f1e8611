/**
 * Credentials: the gateway vouches for the devices that its owner enrolled, and says which are
 * revoked (W3C VC Data Model 2.0, secured with JOSE). docs/formats.md.
 */

import { sha1 } from "@noble/hashes/legacy.js";

import {
  concat,
  fromBase64url,
  fromHex,
  fromUtf8,
  hex,
  toBase64url,
  utf8,
  type Bytes,
} from "../bytes.ts";
import * as ed25519 from "../ed25519.ts";
import { isMembers, JsonError, parse, type Json, type Members } from "../json.ts";
import { isTime, withMicroseconds } from "../time.ts";
import { DidKeyError, ofEd25519, p256KeyOf } from "./did-key.ts";
import * as statusList from "./status-list.ts";

/** The gateway vouches for this: the key is that of an enrolled device. */
export interface DeviceCredential {
  readonly kind: "device";
  readonly device: string;
  readonly assurance: string;
  readonly validFrom: string;
  readonly statusIndex: number;
}

/** What was revoked by a time. */
export interface StatusList {
  readonly kind: "list";
  readonly validFrom: string;
  readonly bits: Bytes;
}

/** The text is not a credential of this log. The message is for people. */
export class CredentialError extends Error {}

const CONTEXT = "https://www.w3.org/ns/credentials/v2";
const OWN_TERMS = "https://www.w3.org/ns/credentials/undefined-terms/v2";
const NAMESPACE_URL = fromHex("6ba7b8119dad11d180b400c04fd430c8"); // RFC 9562, section 6.6
const ASSURANCES = ["software_key", "secure_element"];
const SECONDS = /:[0-9]{2}Z$/;
const INDEX = /^(?:0|[1-9][0-9]{0,5})$/;

/**
 * Verify and read what the holder of a log's key signed.
 *
 * @throws CredentialError it is anything else.
 */
export async function read(
  token: string,
  publicKey: Bytes,
  logId: string,
): Promise<DeviceCredential | StatusList> {
  const issuer = ofEd25519(publicKey);
  const [header, payload, encoded, ...more] = token.split(".");
  if (header !== headerOf(issuer) || payload === undefined || !encoded || more.length) {
    throw new CredentialError("it does not name the log's key as its issuer");
  }
  const signature = fromBase64url(encoded);
  if (!signature || !ed25519.verify(signature, utf8(`${header}.${payload}`), publicKey)) {
    throw new CredentialError("the log's key did not sign it");
  }
  const text = fromUtf8(fromBase64url(payload) ?? new Uint8Array());
  const claims = claimsOf(text);
  const terms = { issuer, logId, list: urn(issuer) };
  const found = claims.has("id") ? await listed(claims, terms) : vouchedFor(claims, terms);
  // What is not said as it is said here was not read, and may change the meaning.
  if (found.text !== text) {
    throw new CredentialError("it says something else than a credential says here");
  }
  return found.credential;
}

interface Terms {
  readonly issuer: string;
  readonly logId: string;
  readonly list: string;
}

interface Found {
  readonly credential: DeviceCredential | StatusList;
  /** How a gateway writes it. */
  readonly text: string;
}

function vouchedFor(claims: Members, { issuer, logId, list }: Terms): Found {
  const subject = membersOf(claims, "credentialSubject");
  const status = membersOf(claims, "credentialStatus");
  const device = textOf(subject, "id");
  const assurance = textOf(subject, "assurance");
  const validFrom = timeOf(claims);
  const index = textOf(status, "statusListIndex");
  if (!INDEX.test(index) || Number(index) >= statusList.BITS || !ASSURANCES.includes(assurance)) {
    throw new CredentialError(NOT_SAID);
  }
  requireDevice(device);
  const said = ["firmware", "model"].filter((name) => subject.has(name));
  const text = write({
    "@context": [CONTEXT, OWN_TERMS],
    type: ["VerifiableCredential", "SigningDeviceCredential"],
    issuer,
    validFrom,
    credentialSubject: {
      id: device,
      assurance,
      log: logId,
      ...Object.fromEntries(said.map((name) => [name, textOf(subject, name)])),
    },
    credentialStatus: {
      type: "BitstringStatusListEntry",
      statusPurpose: "revocation",
      statusListIndex: index,
      statusListCredential: list,
    },
  });
  const statusIndex = Number(index);
  return { credential: { kind: "device", device, assurance, validFrom, statusIndex }, text };
}

async function listed(claims: Members, { issuer, list }: Terms): Promise<Found> {
  const encodedList = textOf(membersOf(claims, "credentialSubject"), "encodedList");
  const validFrom = timeOf(claims);
  const bits = await statusList.decode(encodedList);
  if (bits === undefined) throw new CredentialError("its list of what is revoked cannot be read");
  const text = write({
    "@context": [CONTEXT],
    id: list,
    type: ["VerifiableCredential", "BitstringStatusListCredential"],
    issuer,
    validFrom,
    credentialSubject: {
      id: `${list}#list`,
      type: "BitstringStatusList",
      statusPurpose: "revocation",
      encodedList,
    },
  });
  return { credential: { kind: "list", validFrom, bits }, text };
}

const NOT_SAID = "it does not say what a credential says here";

function headerOf(issuer: string): string {
  const kid = `${issuer}#${issuer.slice("did:key:".length)}`;
  return toBase64url(utf8(JSON.stringify({ alg: "Ed25519", kid, typ: "vc+jwt" })));
}

/** The name of a log's status list: a UUID of version 5 (RFC 9562, section 5.5) of its issuer. */
function urn(issuer: string): string {
  const uuid = sha1(concat(NAMESPACE_URL, utf8(issuer))).slice(0, 16);
  uuid[6] = (uuid[6]! & 0x0f) | 0x50;
  uuid[8] = (uuid[8]! & 0x3f) | 0x80;
  return `urn:uuid:${hex(uuid).replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-")}`;
}

/** Write an object with the members of each object in order, as a gateway does. */
function write(value: object): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    typeof member === "object" && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

function claimsOf(text: string | undefined): Members {
  try {
    const claims: Json = parse(text ?? "");
    if (isMembers(claims)) return claims;
  } catch (err) {
    if (!(err instanceof JsonError)) throw err;
  }
  throw new CredentialError(NOT_SAID);
}

function membersOf(members: Members, name: string): Members {
  const value = members.get(name);
  if (!isMembers(value)) throw new CredentialError(NOT_SAID);
  return value;
}

function textOf(members: Members, name: string): string {
  const value = members.get(name);
  if (typeof value !== "string") throw new CredentialError(NOT_SAID);
  return value;
}

function timeOf(claims: Members): string {
  const text = textOf(claims, "validFrom");
  if (!SECONDS.test(text) || !isTime(withMicroseconds(text))) throw new CredentialError(NOT_SAID);
  return text;
}

function requireDevice(did: string): void {
  try {
    p256KeyOf(did);
  } catch (err) {
    if (err instanceof DidKeyError) throw new CredentialError(NOT_SAID);
    throw err;
  }
}
