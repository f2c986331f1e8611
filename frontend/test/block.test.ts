import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import {
  checkKnownBlock,
  checkOnChain,
  verdictOf,
  verifyOffline,
  type Result,
  type Verdict,
} from "../src/verifier/index.ts";
import { decode, ofNumber, RlpError } from "../src/verifier/rlp.ts";
import { corpus } from "./corpus.ts";

interface Case {
  readonly name: string;
  readonly receipt: string;
  readonly block_hash: string;
  readonly result: Result | null;
  readonly verdict: Verdict;
}

const cases = corpus<Case[]>("known_blocks.json");
const known = cases.find(({ name }) => name === "known")!;

function bytesOf(receipt: string): Uint8Array {
  return readFileSync(corpus.path(`receipts/${receipt}.json`));
}

describe("a block that the reader knows", () => {
  test.each(cases)("$name: $verdict", async ({ receipt, block_hash, result, verdict }) => {
    const report = checkKnownBlock(await verifyOffline(bytesOf(receipt)), block_hash);
    const step = report.steps.find(({ name }) => name === "known_block");
    expect(step?.result ?? null).toBe(result);
    expect(verdictOf(report)).toBe(verdict);
  });

  test("can be written without 0x, and in capitals", async () => {
    const offline = await verifyOffline(bytesOf(known.receipt));
    for (const written of [known.block_hash.slice(2), known.block_hash.slice(2).toUpperCase()]) {
      expect(verdictOf(checkKnownBlock(offline, written))).toBe("anchored");
    }
  });

  test("does not hide that an endpoint could not be asked", async () => {
    const offline = await verifyOffline(bytesOf(known.receipt));
    const silent = { name: "silent", ask: () => Promise.resolve(null) };
    const report = await checkOnChain(checkKnownBlock(offline, known.block_hash), [silent]);
    expect(verdictOf(report)).toBe("unchecked");
  });
});

test("a block in which a digit was changed is refused", async () => {
  const right = bytesOf(known.receipt);
  const begin = new TextDecoder().decode(right).indexOf('"block": {');
  expect(begin).toBeGreaterThan(0);
  const end = right.length - 3;
  for (let place = begin; place < end; place += 7) {
    const changed = Uint8Array.from(right);
    changed[place]! ^= 1;
    const report = await verifyOffline(changed);
    expect(verdictOf(report), `byte ${place}`).toBe("invalid");
  }
});

describe("RLP", () => {
  test.each([
    [0, "80"],
    [1, "01"],
    [127, "7f"],
    [128, "8180"],
    [256, "820100"],
    [2 ** 53 - 1, "871fffffffffffff"],
  ])("%d is written as its key", (number, written) => {
    expect(Buffer.from(ofNumber(number)).toString("hex")).toBe(written);
  });

  test.each([
    ["", "too early"],
    ["81", "too early"],
    ["c201", "too early"],
    ["c28201", "too early"],
    ["bfffffffffffffffff", "too early"],
    ["b8", "longer way"],
    ["0101", "more follows"],
    ["c0c0", "more follows"],
    ["817f", "stands for itself"],
    ["f800", "longer way"],
    [`b90038${"00".repeat(56)}`, "longer way"],
    ["c4c3c2c1c0", "nested too deeply"],
  ])("%s is refused: %s", (written, why) => {
    expect(() => decode(Buffer.from(written, "hex"))).toThrow(RlpError);
    expect(() => decode(Buffer.from(written, "hex"))).toThrow(why);
  });
});
