/** The trie of a block's receipts, and its proofs. docs/formats.md, "Block proof". */

import { keccak_256 } from "@noble/hashes/sha3.js";

import { equal, hex, type Bytes } from "./bytes.ts";
import * as rlp from "./rlp.ts";

/** The nodes do not lead from the root to a value. The message is for people. */
export class TrieError extends Error {}

const HASH_BYTES = 32;
const BRANCH = 17;
const SHORTCUT = 2;
// The flags before the nibbles of a shortcut.
const ODD = 1;
const LEAF = 2;

interface Step {
  /** The hash that the next node must have, or the value. */
  readonly found: Bytes;
  /** The nibbles of the key that are left. */
  readonly left: string;
  readonly ended: boolean;
}

/**
 * Follow a proof, the node of the root first, and return the value of the key.
 *
 * @throws TrieError it does not lead there, or has superfluous nodes.
 */
export function verify(root: Bytes, key: Bytes, nodes: readonly Bytes[]): Bytes {
  let wanted = root;
  let left = hex(key);
  for (const [place, node] of nodes.entries()) {
    if (!equal(keccak_256(node), wanted)) {
      throw new TrieError("a node of the proof belongs to another tree");
    }
    const step = readable(() => stepFrom(node, left));
    if (step.ended) {
      if (place + 1 < nodes.length) throw new TrieError("the proof has superfluous nodes");
      return step.found;
    }
    ({ found: wanted, left } = step);
  }
  throw new TrieError("the proof is too short");
}

function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (err) {
    if (!(err instanceof rlp.RlpError)) throw err;
    throw new TrieError(`a node of the proof cannot be read: ${err.message}`);
  }
}

function stepFrom(node: Bytes, left: string): Step {
  const items = rlp.listOf(rlp.decode(node), SHORTCUT, BRANCH).map((item) => rlp.bytesOf(item));
  if (items.length === BRANCH) {
    if (items[BRANCH - 1]!.length || left === "") {
      throw new TrieError("a branch of the proof ends there");
    }
    const found = rlp.bytesOf(items[Number.parseInt(left[0]!, 16)], HASH_BYTES);
    return { found, left: left.slice(1), ended: false };
  }
  if (items.length !== SHORTCUT) {
    throw new TrieError("a node of the proof is of no kind that there is");
  }
  const { path, leaf } = pathOf(items[0]!);
  if (leaf) {
    if (path !== left) throw new TrieError("the proof leads to another key");
    return { found: items[1]!, left: "", ended: true };
  }
  if (path === "" || !left.startsWith(path)) {
    throw new TrieError("the proof leads to another key");
  }
  return {
    found: rlp.bytesOf(items[1], HASH_BYTES),
    left: left.slice(path.length),
    ended: false,
  };
}

/** The nibbles of a shortcut, and whether they end at a leaf. */
function pathOf(data: Bytes): { path: string; leaf: boolean } {
  const digits = hex(data);
  const flags = Number.parseInt(digits[0] ?? "f", 16);
  const odd = flags & ODD;
  if (flags > ODD + LEAF || (!odd && digits[1] !== "0")) {
    throw new TrieError("a path of the proof is not written as it must be");
  }
  return { path: digits.slice(odd ? 1 : 2), leaf: Boolean(flags & LEAF) };
}
