/** Checkpoints: a log's name, size and root (C2SP tlog-checkpoint). */

import { fromBase64, type Bytes } from "./bytes.ts";
import * as note from "./note.ts";

/** What the log was at one moment. `size` can be larger than a double holds. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: bigint;
  readonly root: Bytes;
}

const SIZE = /^(?:0|[1-9][0-9]{0,18})$/;
const LOG_ID = /^[0-9a-f]{64}$/;
const ROOT_BYTES = 32;

/**
 * Read a checkpoint that is signed by the log's key.
 *
 * @throws NoteError malformed, not signed by this key, or of another log.
 */
export function verify(text: string, key: note.VerifierKey): Checkpoint {
  const checkpoint = parse(note.verify(text, key));
  if (checkpoint.origin !== key.name) {
    throw new note.NoteError("the checkpoint is of another log than the key");
  }
  return checkpoint;
}

/** The log id that an origin ends in, undefined where it ends in none. */
export function logIdOf(origin: string): string | undefined {
  const id = origin.slice(origin.lastIndexOf("/") + 1);
  return LOG_ID.test(id) ? id : undefined;
}

function parse(body: string): Checkpoint {
  const [origin, size, encoded, end, ...more] = body.split("\n");
  if (!origin || !size || !SIZE.test(size) || !encoded || end !== "" || more.length) {
    throw new note.NoteError("the checkpoint is not an origin, a size and a root");
  }
  const root = fromBase64(encoded);
  if (root?.length !== ROOT_BYTES) {
    throw new note.NoteError("the checkpoint's root is not a SHA-256 hash");
  }
  return { origin, size: BigInt(size), root };
}
