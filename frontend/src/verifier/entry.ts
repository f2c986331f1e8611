/** Entries: the bytes that stand in the log. docs/formats.md, "Entry". */

import * as canonical from "./canonical.ts";
import { isMembers, type Json, type Members } from "./json.ts";
import { isTime } from "./time.ts";

export const VERSION = 1;
/** Of readings that hold attributes, and of nothing else. */
export const VERSION_WITH_ATTRIBUTES = 2;

export type EntryType = "reading" | "signed_reading" | "act";

/** An entry, with all its members as they stand there. `time` of a signed reading is its receipt. */
export interface Entry {
  readonly type: EntryType;
  readonly time: string;
  readonly members: Members;
}

/** The text is not an entry that this version can read. The message is for people. */
export class EntryError extends Error {}

interface Form {
  readonly time: string;
  readonly texts: readonly string[];
  readonly optional: readonly string[];
  /** Whether it may have other members. */
  readonly open: boolean;
}

const FORMS = new Map<Json | undefined, Form>([
  [
    "reading",
    { time: "time", texts: ["entity", "state"], optional: ["unit", "class"], open: false },
  ],
  ["signed_reading", { time: "received", texts: ["entity", "jws"], optional: [], open: false }],
  ["act", { time: "time", texts: ["act"], optional: [], open: true }],
]);
const COMMON = ["salt", "type", "v"];
const MAX_JWS = 2048;
const JWS = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;
const SALT = /^[A-Za-z0-9_-]{21}[AQgw]$/;

/**
 * Read an entry.
 *
 * @throws EntryError the text is not an entry, or of a later version.
 */
export function decode(text: string): Entry {
  const members = read(text);
  if (!isMembers(members)) throw new EntryError("an entry is a JSON object");
  const version = members.get("v");
  if (version !== VERSION && version !== VERSION_WITH_ATTRIBUTES) {
    throw new EntryError("its version is not known here: a newer verifier may know it");
  }
  const type = members.get("type");
  const form = FORMS.get(type);
  if (form === undefined) {
    throw new EntryError("its type is not known here: a newer verifier may know it");
  }
  if (version === VERSION_WITH_ATTRIBUTES || (type !== "act" && members.has("attributes"))) {
    requireAttributes(type, version, members.get("attributes"));
  }
  requireForm(members, form);
  return { type: type as EntryType, time: textOf(members, form.time), members };
}

function requireForm(members: Members, { time, texts, optional, open }: Form): void {
  const required = [...texts, time, "salt"];
  for (const name of required) {
    if (typeof members.get(name) !== "string") throw new EntryError(`it has no text '${name}'`);
  }
  for (const name of optional) {
    if (members.has(name) && typeof members.get(name) !== "string") {
      throw new EntryError(`its '${name}' is not text`);
    }
  }
  if (!SALT.test(textOf(members, "salt"))) {
    throw new EntryError("its salt is not 128 bits in base64url");
  }
  if (!isTime(textOf(members, time))) {
    throw new EntryError("its time is not one in UTC with microseconds");
  }
  const known = [...required, ...optional, ...COMMON, "attributes"];
  if (!open && [...members.keys()].some((name) => !known.includes(name))) {
    throw new EntryError("it has members that do not belong there");
  }
  const jws = texts.includes("jws") ? textOf(members, "jws") : undefined;
  if (jws !== undefined && (jws.length > MAX_JWS || !JWS.test(jws))) {
    throw new EntryError("its 'jws' is not a compact JWS of an envelope's size");
  }
}

/** Readings with attributes, and they alone, are of their version. */
function requireAttributes(type: Json | undefined, version: Json, attributes?: Json): void {
  if (type !== "reading" || version !== VERSION_WITH_ATTRIBUTES) {
    throw new EntryError("only readings of version 2 have attributes");
  }
  if (
    !isMembers(attributes) ||
    attributes.size === 0 ||
    [...attributes.values()].some((value) => typeof value !== "string")
  ) {
    throw new EntryError("its 'attributes' are not texts by name");
  }
}

/** A member that is known to be text. */
export function textOf(members: Members, name: string): string {
  return members.get(name) as string;
}

function read(text: string): Json {
  try {
    return canonical.decode(text);
  } catch (err) {
    if (err instanceof canonical.CanonicalError) throw new EntryError(err.message);
    throw err;
  }
}
