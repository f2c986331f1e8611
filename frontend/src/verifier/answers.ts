/** Reading what an endpoint answers: types, lengths and ranges (Ethereum JSON-RPC), or nothing. */

import { ADDRESS, ANCHORED_TOPIC } from "./contract.ts";
import { LAST_SECOND } from "./receipt.ts";
import { nonsense } from "./rpc.ts";

/** The head of a block: `time` in seconds since 1970, `hash` as `0x` and lower-case digits. */
export interface Block {
  readonly number: bigint;
  readonly hash: string;
  readonly time: bigint;
  /** Read only for who asks: the hashes of its transactions, none where nobody tells. */
  readonly transactions: () => readonly string[];
}

/** The event that says a checkpoint was accepted. */
export interface Anchored {
  readonly log: string;
  readonly number: bigint;
  readonly size: bigint;
  readonly root: string;
  readonly time: bigint;
}

/** How a transaction ended in a block, and what it anchored. */
export interface Inclusion {
  /** Whether the endpoint says that it failed. Not every one says. */
  readonly failed: boolean;
  readonly blockNumber: bigint;
  readonly blockHash: string;
  readonly anchored: readonly Anchored[];
}

const MAX_NUMBER = 2n ** 63n - 1n;
const MAX_TIME = BigInt(LAST_SECOND);
/** The largest number of an anchor: LogAnchor has 32 bits for it. */
const MAX_ANCHOR = 2n ** 32n - 1n;
const QUANTITY = /^0x[0-9a-fA-F]{1,64}$/;
const WORD = /^0x[0-9a-fA-F]{64}$/;
const ADDRESS_FORM = /^0x[0-9a-fA-F]{40}$/;
const FOUR_WORDS = /^0x(?:[0-9a-fA-F]{64}){4}$/;
const MAX_EVENTS = 256;
const MAX_TOPICS = 4;

/** Read a number. @throws RpcError here and below, it is something else. */
export function quantity(value: unknown, most = MAX_NUMBER): bigint {
  const number = BigInt(matching(value, QUANTITY, "not a number"));
  if (number > most) throw nonsense("a number out of range");
  return number;
}

/** Read the head of a block. */
export function block(value: unknown): Block {
  const members = object(value);
  return {
    number: quantity(members.number),
    hash: word(members.hash),
    time: quantity(members.timestamp, MAX_TIME),
    transactions: () => list(members.transactions ?? []).map(word),
  };
}

/** Read the receipt that an endpoint has of a transaction. */
export function inclusion(value: unknown, transaction: string): Inclusion {
  const members = object(value);
  if (word(members.transactionHash) !== transaction) {
    throw nonsense("the receipt of another transaction");
  }
  const { status = null } = members;
  return {
    failed: status !== null && quantity(status, 1n) === 0n,
    blockNumber: quantity(members.blockNumber),
    blockHash: word(members.blockHash),
    anchored: list(members.logs, MAX_EVENTS)
      .map(anchored)
      .filter((event) => event !== undefined),
  };
}

/** Read an event, undefined where it is not one of LogAnchor that says so. */
function anchored(value: unknown): Anchored | undefined {
  const event = object(value);
  const topics = list(event.topics, MAX_TOPICS).map(word);
  const address = matching(event.address, ADDRESS_FORM, "not an address");
  if (address.toLowerCase() !== ADDRESS.toLowerCase()) return undefined;
  const [topic, log, ...others] = topics;
  if (topic !== ANCHORED_TOPIC) return undefined;
  if (log === undefined || others.length) throw nonsense("an event that LogAnchor does not make");
  const data = matching(event.data, FOUR_WORDS, "an event that LogAnchor does not make");
  const [number, size, root, time] = data.slice(2).match(/.{64}/g) as [
    string,
    string,
    string,
    string,
  ];
  return {
    log,
    number: quantity(`0x${number}`, MAX_ANCHOR),
    size: quantity(`0x${size}`),
    root: word(`0x${root}`),
    time: quantity(`0x${time}`, MAX_TIME),
  };
}

function word(value: unknown): string {
  return matching(value, WORD, "not 32 bytes").toLowerCase();
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null) throw nonsense("not an object");
  return value as Record<string, unknown>;
}

function list(value: unknown, most = Infinity): readonly unknown[] {
  if (!Array.isArray(value) || value.length > most) throw nonsense("not a list, or a long one");
  return value;
}

function matching(value: unknown, pattern: RegExp, otherwise: string): string {
  if (typeof value !== "string" || !pattern.test(value)) throw nonsense(otherwise);
  return value;
}
