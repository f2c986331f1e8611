/**
 * Whether a block holds an anchor, from what the receipt itself carries. That this block is part of
 * the chain, only a node can say, or who knows its hash. docs/formats.md, "Block proof".
 */

import { keccak_256 } from "@noble/hashes/sha3.js";

import { equal, fromHex, hex, type Bytes } from "./bytes.ts";
import { ADDRESS, ANCHORED_TOPIC } from "./contract.ts";
import { LAST_SECOND, type Anchor, type BlockProof } from "./receipt.ts";
import { hasFailed, withStep, type Report } from "./report.ts";
import * as rlp from "./rlp.ts";
import * as trie from "./trie.ts";

const HASH_BYTES = 32;
const HEADER = { receiptsRoot: 5, number: 8, time: 11, least: 15, most: 64 };
// What the chain itself calls a receipt: status, gas, bloom filter and events, and on some networks
// more.
const OUTCOME = { status: 0, events: 3, least: 4, most: 16 };
const SUCCEEDED = 1;
const LIST = 0xc0;

/** Add the step `in_block`, where the receipt carries a block and no step failed before. */
export function checkBlock(report: Report): Report {
  const { anchor, block } = report.contents?.receipt ?? {};
  if (!anchor || !block || hasFailed(report)) return report;
  const problem = problemOf(anchor, block);
  if (problem !== undefined) {
    const reason = `The block does not hold this anchor: ${problem}.`;
    return withStep(report, "in_block", "failed", reason);
  }
  const reason = `The block ${anchor.block_hash} holds this anchor.`;
  return withStep(report, "in_block", "passed", reason);
}

/**
 * Compare the anchor's block with one that the reader says the chain holds. Adds the step
 * `known_block`.
 */
export function checkKnownBlock(report: Report, known: string): Report {
  const { anchor, block } = report.contents?.receipt ?? {};
  if (!anchor || hasFailed(report)) return report;
  const place = `block ${anchor.block_number} of ${anchor.chain}`;
  const knownBlock = `0x${known.toLowerCase().replace(/^0x/, "")}`;
  const add = (result: "passed" | "skipped", reason: string) =>
    withStep({ ...report, knownBlock }, "known_block", result, reason);
  if (knownBlock !== anchor.block_hash) {
    return add(
      "skipped",
      `You named another block. This receipt is of ${place}, and says that its hash is` +
        ` ${anchor.block_hash}.`,
    );
  }
  if (!block) {
    return add(
      "skipped",
      `The hash is that of ${place}, as you say, but the receipt does not carry the block: ask a` +
        " node, or ask the house for the receipt again.",
    );
  }
  return add("passed", `The hash is that of ${place}, as you say.`);
}

/** Why a block does not show that it holds an anchor, as a part of a sentence. */
export function problemOf(
  anchor: Anchor,
  { header, index, proof }: BlockProof,
): string | undefined {
  if (`0x${hex(keccak_256(header))}` !== anchor.block_hash) {
    return "its header is that of another block";
  }
  try {
    const { receiptsRoot, number, time } = headerOf(header);
    if (number !== anchor.block_number || time !== anchor.block_time) {
      return "its header names another number or another time";
    }
    const outcome = trie.verify(receiptsRoot, rlp.ofNumber(index), proof);
    return problemWith(outcome, anchor);
  } catch (err) {
    if (err instanceof rlp.RlpError) return `its header cannot be read: ${err.message}`;
    if (err instanceof trie.TrieError) return err.message;
    throw err;
  }
}

function headerOf(header: Bytes): { receiptsRoot: Bytes; number: number; time: number } {
  const members = rlp
    .listOf(rlp.decode(header), HEADER.least, HEADER.most)
    .map((member) => rlp.bytesOf(member));
  return {
    receiptsRoot: rlp.bytesOf(members[HEADER.receiptsRoot], HASH_BYTES),
    number: rlp.numberOf(members[HEADER.number], Number.MAX_SAFE_INTEGER),
    time: rlp.numberOf(members[HEADER.time], LAST_SECOND),
  };
}

/** What is wrong with the chain's own receipt of the transaction (EIP-2718). */
function problemWith(outcome: Bytes, anchor: Anchor): string | undefined {
  const typed = (outcome[0] ?? LIST) < LIST;
  let status: rlp.Item;
  let events: readonly rlp.Item[];
  try {
    const written = rlp.decode(typed ? outcome.slice(1) : outcome);
    const members = rlp.listOf(written, OUTCOME.least, OUTCOME.most);
    status = members[OUTCOME.status]!;
    events = rlp.listOf(members[OUTCOME.events], 0, outcome.length);
  } catch (err) {
    if (!(err instanceof rlp.RlpError)) throw err;
    return `what came of the transaction cannot be read: ${err.message}`;
  }
  if (!same(status, Uint8Array.of(SUCCEEDED))) return "the transaction failed";
  const expected = eventOf(anchor);
  if (!events.some((event) => same(event, expected))) {
    return "the transaction did not anchor this checkpoint at this time";
  }
  return undefined;
}

/** The event that LogAnchor makes, as it stands in a block's receipts. */
function eventOf({ log, number, size, root, block_time }: Anchor): rlp.Item {
  const word = (value: number) => value.toString(16).padStart(2 * HASH_BYTES, "0");
  const data = word(number) + word(size) + root.slice(2) + word(block_time);
  return [bytesOf(ADDRESS), [bytesOf(ANCHORED_TOPIC), bytesOf(log)], fromHex(data)];
}

function bytesOf(text: string): Bytes {
  return fromHex(text.slice(2));
}

function same(one: rlp.Item, other: rlp.Item): boolean {
  if (one instanceof Uint8Array) return other instanceof Uint8Array && equal(one, other);
  return (
    !(other instanceof Uint8Array) &&
    one.length === other.length &&
    one.every((item, place) => same(item, other[place]!))
  );
}
