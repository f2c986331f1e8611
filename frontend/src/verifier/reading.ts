/** What an entry says, as a reading. */

import { fromBase64url, fromUtf8 } from "./bytes.ts";
import { textOf, type Entry } from "./entry.ts";
import { isMembers, parse, type Members } from "./json.ts";

/** A recorded state. `time` of a reading that its device signed is when the gateway got it. */
export interface Reading {
  readonly entity: string;
  readonly state: string;
  readonly unit?: string;
  readonly time: string;
  /** Those that somebody chose, all of them text. */
  readonly attributes?: Members;
  /** Whether it is the word of its device, and not the gateway's. */
  readonly signed: boolean;
}

/** The reading in an entry of a receipt that was verified, undefined where it is an act. */
export function readingOf(entry: Entry): Reading | undefined {
  if (entry.type === "act") return undefined;
  const entity = textOf(entry.members, "entity");
  const signed = entry.type === "signed_reading";
  const said = signed ? payloadOf(textOf(entry.members, "jws")) : entry.members;
  const unit = said.get("unit");
  const attributes = entry.members.get("attributes");
  return {
    entity,
    state: textOf(said, signed ? "value" : "state"),
    ...(typeof unit === "string" && { unit }),
    time: entry.time,
    ...(isMembers(attributes) && { attributes }),
    signed,
  };
}

function payloadOf(jws: string): Members {
  const payload = parse(fromUtf8(fromBase64url(jws.split(".")[1]!)!)!);
  if (!isMembers(payload)) throw new TypeError("only of an entry that was verified");
  return payload;
}
