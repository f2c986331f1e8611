/** The Merkle tree of RFC 9162, and range proofs. docs/formats.md, "Tree". */

import { sha256 } from "@noble/hashes/sha2.js";

import { concat, equal, type Bytes } from "./bytes.ts";

/** The proof does not prove what it claims. The message is for people. */
export class ProofError extends Error {}

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** SHA-256(0x00 ‖ entry). RFC 9162, section 2.1.1. */
export function leafHash(entry: Bytes): Bytes {
  return sha256(concat(LEAF, entry));
}

/** SHA-256(0x01 ‖ left ‖ right). RFC 9162, section 2.1.1. */
export function nodeHash(left: Bytes, right: Bytes): Bytes {
  return sha256(concat(NODE, left, right));
}

/**
 * Check that leaves stand, all and in order, from `first` on in a tree of `size` leaves.
 * docs/formats.md, "Range proof".
 *
 * @throws ProofError it is not shown.
 */
export function verifyRange(
  leaves: readonly Bytes[],
  first: number,
  size: bigint,
  proof: readonly Bytes[],
  root: Bytes,
): void {
  const begin = BigInt(first);
  const stop = begin + BigInt(leaves.length);
  if (leaves.length === 0 || stop > size) {
    throw new ProofError(`entries ${first} to ${stop - 1n} are outside a tree of ${size} leaves`);
  }
  const elements = proof.values();

  function next(): Bytes {
    const element = elements.next();
    if (element.done) throw new ProofError("the proof is too short");
    return element.value;
  }

  function subtree(low: bigint, high: bigint): Bytes {
    if (high - low === 1n) return leaves[Number(low - begin)]!;
    const middle = low + splitPoint(high - low);
    if (stop <= middle) {
      const left = subtree(low, middle);
      return nodeHash(left, next());
    }
    if (begin >= middle) {
      const right = subtree(middle, high);
      return nodeHash(next(), right);
    }
    const left = subtree(low, middle);
    return nodeHash(left, subtree(middle, high));
  }

  const found = subtree(0n, size);
  if (!elements.next().done) throw new ProofError("the proof has superfluous elements");
  if (!equal(found, root)) throw new ProofError("the proof leads to another root");
}

/**
 * Check that the tree of `size2` leaves begins with the tree of `size1`. RFC 9162, section 2.1.4.2.
 *
 * @throws ProofError it is not shown. An empty first tree proves nothing.
 */
export function verifyConsistency(
  size1: number,
  size2: number,
  proof: readonly Bytes[],
  root1: Bytes,
  root2: Bytes,
): void {
  if (size1 <= 0 || size1 > size2) {
    throw new ProofError(`a tree of ${size2} leaves cannot extend one of ${size1}`);
  }
  if (size1 === size2) {
    if (proof.length || !equal(root1, root2)) {
      throw new ProofError("two trees of the same size are not the same tree");
    }
    return;
  }
  let fn = BigInt(size1 - 1);
  let sn = BigInt(size2 - 1);
  while (isOdd(fn)) [fn, sn] = [fn >> 1n, sn >> 1n];
  // A first tree that is complete is itself the first element of the path.
  const [first, ...path] = fn === 0n ? [root1, ...proof] : proof;
  if (first === undefined) throw new ProofError("the proof is too short");
  let [fr, sr] = [first, first];
  for (const element of path) {
    if (sn === 0n) throw new ProofError("the consistency proof is longer than the tree is high");
    if (isOdd(fn) || fn === sn) {
      fr = nodeHash(element, fr);
      sr = nodeHash(element, sr);
      while (!isOdd(fn) && fn !== 0n) [fn, sn] = [fn >> 1n, sn >> 1n];
    } else {
      sr = nodeHash(sr, element);
    }
    [fn, sn] = [fn >> 1n, sn >> 1n];
  }
  if (sn !== 0n) throw new ProofError("the consistency proof is too short");
  if (!equal(fr, root1)) {
    throw new ProofError("the consistency proof does not contain the first tree");
  }
  if (!equal(sr, root2)) {
    throw new ProofError("the consistency proof does not lead to the second tree");
  }
}

function isOdd(number: bigint): boolean {
  return (number & 1n) === 1n;
}

/** The largest power of two smaller than `size`, which is at least 2. */
function splitPoint(size: bigint): bigint {
  return 1n << BigInt((size - 1n).toString(2).length - 1);
}
