import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { checkedOf } from "../src/page/checked.ts";
import {
  checkKnownBlock,
  checkOnChain,
  confirmedAnchors,
  verdictOf,
  verifyOffline,
  type Anchor,
} from "../src/verifier/index.ts";
import { ADDRESS, ANCHORED_TOPIC } from "../src/verifier/contract.ts";
import { verifyConsistency } from "../src/verifier/merkle.ts";
import type { Ask } from "../src/verifier/rpc.ts";
import { corpus } from "./corpus.ts";

const WHOLE = "earlier/good-all";
const offline = () => verifyOffline(readFileSync(corpus.path(`receipts/${WHOLE}.json`)));
const whole = (await offline()).contents!.receipt;
const anchors = [...whole.earlier.map(({ anchor }) => anchor), whole.anchor!];

/** An endpoint that holds these anchors. */
function holding(held: readonly Anchor[]): { name: string; ask: Ask } {
  const word = (number: number) => number.toString(16).padStart(64, "0");
  const block = ({ block_number, block_hash, block_time }: Anchor) => ({
    number: `0x${block_number.toString(16)}`,
    hash: block_hash,
    timestamp: `0x${block_time.toString(16)}`,
  });
  const outcome = (anchor: Anchor) => ({
    transactionHash: anchor.transaction,
    blockNumber: block(anchor).number,
    blockHash: anchor.block_hash,
    logs: [
      {
        address: ADDRESS,
        topics: [ANCHORED_TOPIC, anchor.log],
        data: `0x${word(anchor.number)}${word(anchor.size)}${anchor.root.slice(2)}${word(anchor.block_time)}`,
      },
    ],
  });
  const answers = new Map<string, unknown>([["eth_chainId", "0x7a69"]]);
  for (const anchor of held) {
    answers.set(`eth_getTransactionReceipt ${anchor.transaction}`, outcome(anchor));
    answers.set(`eth_getBlockByNumber ${block(anchor).number}`, block(anchor));
    answers.set("eth_getBlockByNumber finalized", block(anchor));
  }
  const key = (method: string, params: readonly unknown[]) => [method, ...params.slice(0, 1)];
  return {
    name: "node",
    ask: (method, ...params) => Promise.resolve(answers.get(key(method, params).join(" ")) ?? null),
  };
}

const sizes = (found: readonly Anchor[]) => found.map(({ size }) => size);

describe("earlier anchors", () => {
  test("count where an endpoint confirms them", async () => {
    const report = await checkOnChain(await offline(), [holding(anchors)]);
    expect(report.steps.at(-1)).toMatchObject({ name: "earlier_on_chain", result: "passed" });
    expect(verdictOf(report)).toBe("anchored");
    expect(sizes(confirmedAnchors(report))).toEqual([8, 20, 28, 31]);
    const { block_time: last } = whole.anchor!;
    expect(checkedOf(report).anchors.at(-1)).toEqual({
      number: 4,
      size: 31,
      time: last * 1000,
    });
  });

  test("are read up to the most that there may be, however tightly written", async () => {
    const text = readFileSync(corpus.path(`receipts/${WHOLE}.json`), "utf-8");
    const receipt = JSON.parse(text) as { earlier: object[] };
    const small = { ...receipt.earlier[0], block: null, consistency: [] };
    const read = async (count: number) => {
      const many = { ...receipt, earlier: Array(count).fill(small) };
      return verifyOffline(new TextEncoder().encode(JSON.stringify(many)));
    };
    expect((await read(1024)).steps.at(-1)).toMatchObject({ name: "earlier", result: "failed" });
    const tooMany = (await read(1025)).steps.at(-1)!;
    expect([tooMany.name, tooMany.result]).toEqual(["format", "failed"]);
    expect(tooMany.reason).toContain("more earlier anchors than it may have");
  });

  test("do not count where one of them was forgotten, and the receipt is anchored", async () => {
    const forgetful = holding(anchors.slice(1));
    const report = await checkOnChain(await offline(), [holding(anchors), forgetful]);
    const step = report.steps.at(-1)!;
    expect([step.name, step.result]).toEqual(["earlier_on_chain", "skipped"]);
    expect(step.reason).toContain("node: anchor 1: it does not know block");
    expect(verdictOf(report)).toBe("anchored");
    expect(sizes(confirmedAnchors(report))).toEqual([31]);
  });

  test.each([{ size: 21 }, { block_time: 1 }, { block_hash: `0x${"0".repeat(64)}` }])(
    "make a receipt invalid where the chain holds others: %o",
    async (other) => {
      const held = anchors.map((anchor) => (anchor.size === 20 ? { ...anchor, ...other } : anchor));
      const report = await checkOnChain(await offline(), [holding(held)]);
      expect(report.steps.at(-1)).toMatchObject({ name: "earlier_on_chain", result: "failed" });
      expect(report.steps.at(-1)!.reason).toContain("anchor 2: ");
      expect(verdictOf(report)).toBe("invalid");
    },
  );

  test("make a receipt invalid where the chain holds another, and forgot the next", async () => {
    const [first, ...others] = anchors;
    const held = holding([{ ...first!, block_time: 1 }, ...others.slice(1)]);
    const report = await checkOnChain(await offline(), [held]);
    expect(report.steps.at(-1)).toMatchObject({ name: "earlier_on_chain", result: "failed" });
  });

  test("are confirmed by their blocks where the transactions are forgotten", async () => {
    const { ask } = holding(anchors);
    const forgetful: Ask = async (method, ...params) =>
      method === "eth_getTransactionReceipt" ? null : ask(method, ...params);
    const report = await checkOnChain(await offline(), [{ name: "node", ask: forgetful }]);
    expect(report.steps.at(-1)).toMatchObject({ name: "earlier_on_chain", result: "passed" });
    expect(report.steps.at(-2)!.reason).toContain("The transaction is forgotten there");
    expect(sizes(confirmedAnchors(report))).toEqual([8, 20, 28, 31]);
  });

  test("are not asked for where the receipt's own is not confirmed", async () => {
    const report = await checkOnChain(await offline(), [holding(anchors.slice(0, 3))]);
    expect(report.steps.at(-1)!.name).toBe("on_chain");
  });

  test("do not count where the reader knows only the last block", async () => {
    const known = checkKnownBlock(await offline(), whole.anchor!.block_hash);
    expect(verdictOf(known)).toBe("anchored");
    expect(sizes(confirmedAnchors(known))).toEqual([31]);
    expect(checkedOf(await offline()).anchors).toEqual([]);
  });
});

test("an empty tree, and one that did not grow, prove nothing", () => {
  const root = new Uint8Array(32);
  expect(() => verifyConsistency(0, 1, [], root, root)).toThrow("cannot extend");
  expect(() => verifyConsistency(2, 1, [], root, root)).toThrow("cannot extend");
  expect(() => verifyConsistency(1, 1, [root], root, root)).toThrow("not the same tree");
  expect(() => verifyConsistency(1, 1, [], root, new Uint8Array(32).fill(1))).toThrow();
  expect(() => verifyConsistency(1, 1, [], root, root)).not.toThrow();
});
