/** RFC 8785 (JSON Canonicalization Scheme), for the values that entries are made of. */

import { isMembers, JsonError, parse, type Json } from "./json.ts";

/** How deep objects may be nested in one another, the outermost counted. docs/formats.md, "Entry". */
export const MAX_DEPTH = 254;

/** The text is not what an entry may hold. The message is for people. */
export class CanonicalError extends Error {}

/**
 * Read a text, which must be exactly the canonical form of what it means.
 *
 * @throws CanonicalError it is not.
 */
export function decode(text: string): Json {
  const value = read(text);
  if (write(value, 0) !== text) {
    throw new CanonicalError("the JSON is not in canonical form (RFC 8785)");
  }
  return value;
}

function read(text: string): Json {
  try {
    return parse(text);
  } catch (err) {
    if (err instanceof JsonError) throw new CanonicalError(`not JSON: ${err.message}`);
    throw err;
  }
}

function write(value: Json, depth: number): string {
  if (isMembers(value)) {
    if (depth >= MAX_DEPTH) throw new CanonicalError("it is nested too deeply");
    // Without a comparison function, texts are sorted by their UTF-16 code units.
    const members = [...value.keys()]
      .sort()
      .map((name) => `${JSON.stringify(name)}:${write(value.get(name)!, depth + 1)}`);
    return `{${members.join(",")}}`;
  }
  if (typeof value === "symbol") throw new CanonicalError("a number in it is no integer in range");
  if (Array.isArray(value)) throw new CanonicalError("a list cannot stand in an entry");
  return JSON.stringify(value);
}
