/**
 * RLP, in which Ethereum writes headers and receipts. docs/formats.md, "Block proof".
 *
 * There is exactly one way to write an item, and every other one is refused.
 */

import type { Bytes } from "./bytes.ts";

export type Item = Bytes | readonly Item[];

/** The bytes are not an item, or not as it is written. The message is for people. */
export class RlpError extends Error {}

const TEXT = 0x80;
const LIST = 0xc0;
// Up to so many bytes, the length stands in the first byte.
const SHORT = 55;
// A receipt is a list of events, each a list with a list of topics.
const MAX_DEPTH = 4;

/** Read bytes that hold one item and nothing more. @throws RlpError here and below, they do not. */
export function decode(data: Bytes): Item {
  const reader = new Reader(data);
  const item = reader.item(data.length, 0);
  if (reader.at !== data.length) throw new RlpError("more follows after its end");
  return item;
}

/** Take an item that must be bytes, `size` of them where it is given. */
export function bytesOf(item: Item | undefined, size?: number): Bytes {
  if (!(item instanceof Uint8Array) || (size !== undefined && item.length !== size)) {
    throw new RlpError("an item of another kind or length");
  }
  return item;
}

/** Take an item that must be a list of so many items. */
export function listOf(item: Item | undefined, least: number, most: number): readonly Item[] {
  if (!Array.isArray(item) || item.length < least || item.length > most) {
    throw new RlpError("an item of another kind, or a list of another length");
  }
  return item as readonly Item[];
}

/** Take an item that must be a number up to one that a double holds. */
export function numberOf(item: Item | undefined, most: number): number {
  const number = bytesOf(item).reduce((value, byte) => value * 256 + byte, 0);
  if (bytesOf(item)[0] === 0 || number > most) {
    throw new RlpError("a number out of range, or with zeros in front");
  }
  return number;
}

/** Write a number as an item. */
export function ofNumber(number: number): Bytes {
  const bytes: number[] = [];
  for (let left = number; left > 0; left = Math.floor(left / 256)) bytes.unshift(left % 256);
  const alone = bytes.length === 1 && bytes[0]! < TEXT;
  return Uint8Array.from(alone ? bytes : [TEXT + bytes.length, ...bytes]);
}

class Reader {
  readonly #data: Bytes;
  at = 0;

  constructor(data: Bytes) {
    this.#data = data;
  }

  /** Read the next item, which ends before a place. */
  item(end: number, depth: number): Item {
    if (this.at >= end) throw new RlpError("it ends too early");
    const first = this.#data[this.at++]!;
    if (first < TEXT) return Uint8Array.of(first);
    const kind = first < LIST ? TEXT : LIST;
    const stop = this.#stop(first - kind, end);
    if (kind === TEXT) {
      const text = this.#data.slice(this.at, stop);
      if (text.length === 1 && text[0]! < TEXT) {
        throw new RlpError("a byte that stands for itself has a length before it");
      }
      this.at = stop;
      return text;
    }
    if (depth === MAX_DEPTH) throw new RlpError("it is nested too deeply");
    const items: Item[] = [];
    while (this.at < stop) items.push(this.item(stop, depth + 1));
    return items;
  }

  /** Where the content ends, by its length or by the length of that. Goes on to where it begins. */
  #stop(length: number, end: number): number {
    let content = length;
    if (length > SHORT) {
      const written = this.#data.slice(this.at, Math.min(this.at + length - SHORT, end));
      content = written.reduce((value, byte) => value * 256 + byte, 0);
      if (written[0] === 0 || content <= SHORT) {
        throw new RlpError("a length is written in a longer way than it needs");
      }
      this.at += length - SHORT;
    }
    if (this.at + content > end) throw new RlpError("it ends too early");
    return this.at + content;
  }
}
