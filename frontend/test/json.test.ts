import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { isMembers, JsonError, parse, type Json } from "../src/verifier/json.ts";
import { corpus } from "./corpus.ts";

/** What `JSON.parse` would have made of it. */
function plain(value: Json): unknown {
  if (isMembers(value)) {
    return Object.fromEntries([...value].map(([name, member]) => [name, plain(member)]));
  }
  if (typeof value === "symbol") return value;
  return Array.isArray(value) ? value.map(plain) : value;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** A sequence of numbers below a limit that is the same in each run (mulberry32). */
function numbers(seed: number): (limit: number) => number {
  return (limit) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

describe("a text that was changed by chance", () => {
  const text = readFileSync(corpus.path("receipts/good/written-escaped.json"), "utf-8");
  const pieces = ['"', "\\", "{", "}", "[", "]", ",", ":", "0", "-1", "\\u00e9", " ", "null", "é"];

  test("is read as by JSON.parse, or refused", () => {
    const below = numbers(1);
    let accepted = 0;
    for (let round = 0; round < 20_000; round++) {
      const at = below(text.length);
      const piece = pieces[below(pieces.length)]!;
      const changed = text.slice(0, at) + piece + text.slice(at + below(3));
      let value: Json;
      try {
        value = parse(changed);
      } catch (err) {
        expect(err).toBeInstanceOf(JsonError);
        continue;
      }
      accepted++;
      expect(plain(value)).toEqual(JSON.parse(changed));
    }
    expect(accepted).toBeGreaterThan(1000);
  });

  test("and cut off is refused where JSON.parse refuses it", () => {
    const below = numbers(2);
    for (let round = 0; round < 20_000; round++) {
      const changed = text.slice(0, below(text.length)) + pieces[below(pieces.length)]!;
      if (!isJson(changed)) expect(() => parse(changed)).toThrow(JsonError);
    }
  });
});

test.each<[string, string]>([
  ['{"a":1,"a":1}', "a member stands there twice"],
  ['{"a":1,"\\u0061":2}', "a member stands there twice"],
  ['{"__proto__":1,"__proto__":2}', "a member stands there twice"],
  ['"\\ud800"', "not Unicode"],
  ['"\\udc00\\ud800"', "not Unicode"],
])("%s, which JSON.parse takes, is refused", (text, reason) => {
  expect(() => JSON.parse(text)).not.toThrow();
  expect(() => parse(text)).toThrow(reason);
});

test("no name of a member is special", () => {
  const members = parse('{"__proto__":{"a":1},"constructor":2}');
  expect(isMembers(members) && [...members.keys()]).toEqual(["__proto__", "constructor"]);
});

test("what is nested too deeply is refused, and nothing is exhausted by it", () => {
  expect(() => parse("[".repeat(1_000_000))).toThrow("nested too deeply");
  expect(() => parse('{"a":'.repeat(1_000_000))).toThrow("nested too deeply");
});

test("more values than are allowed are refused", () => {
  expect(() => parse("[1,2,3]", 4)).not.toThrow();
  expect(() => parse("[1,2,3]", 3)).toThrow("too many small values");
});
