/** Checking a receipt as far as that goes without a chain. docs/formats.md, "Verification". */

import * as checkpoints from "./checkpoint.ts";
import { checkAnchor } from "./anchor.ts";
import { checkBlock } from "./block.ts";
import { utf8 } from "./bytes.ts";
import { checkDevices } from "./device/check.ts";
import { checkEarlier } from "./earlier.ts";
import { decode, EntryError, type Entry } from "./entry.ts";
import { leafHash, ProofError, verifyRange } from "./merkle.ts";
import { NoteError, parseKey } from "./note.ts";
import { parse, ReceiptError, type Receipt } from "./receipt.ts";
import { hasFailed, isSigned, withStep, type Report } from "./report.ts";

const NOTHING: Report = { steps: [] };

/** Take the steps that need no chain. Whatever the bytes hold, the answer is a report. */
export async function verifyOffline(bytes: Uint8Array): Promise<Report> {
  let receipt: Receipt;
  let entries: readonly Entry[];
  try {
    receipt = parse(bytes);
    entries = receipt.entries.map(decode);
  } catch (err) {
    return failedFormat(err);
  }
  if (receipt.credentials === undefined && entries.some(isSigned)) {
    const reason = "A receipt that holds signed readings is of another format.";
    return withStep(NOTHING, "format", "failed", reason);
  }
  const read = withStep(NOTHING, "format", "passed", `A receipt for ${count(entries.length)}.`);

  let checkpoint: checkpoints.Checkpoint;
  let key;
  try {
    key = parseKey(receipt.key);
    checkpoint = checkpoints.verify(receipt.checkpoint, key);
  } catch (err) {
    if (!(err instanceof NoteError)) throw err;
    const reason = `The checkpoint does not carry the signature of the log's key: ${err.message}.`;
    return withStep(read, "signed", "failed", reason);
  }
  const signed = withStep(
    read,
    "signed",
    "passed",
    `The key of the log ${checkpoint.origin} signed the checkpoint.`,
  );

  try {
    const leaves = receipt.entries.map((entry) => leafHash(utf8(entry)));
    verifyRange(leaves, receipt.first, checkpoint.size, receipt.proof, checkpoint.root);
  } catch (err) {
    if (!(err instanceof ProofError)) throw err;
    const reason =
      "The readings are not what stands in the log. They were changed, or the proof belongs to" +
      ` others: ${err.message}.`;
    return withStep(signed, "in_log", "failed", reason);
  }
  const inLog = withStep(
    signed,
    "in_log",
    "passed",
    `Unchanged, at ${positions(receipt)} of a log of ${count(checkpoint.size)}.`,
  );
  const contents = { receipt, checkpoint, entries };
  const devices = await checkDevices({ ...inLog, contents }, key.publicKey);
  return hasFailed(devices)
    ? devices
    : checkEarlier(checkBlock(checkAnchor(devices, key.publicKey)));
}

/**
 * Report why something could not even be read.
 *
 * @throws what is neither an error of the receipt nor of an entry.
 */
export function failedFormat(err: unknown): Report {
  if (err instanceof ReceiptError) return withStep(NOTHING, "format", "failed", err.message);
  if (!(err instanceof EntryError)) throw err;
  const reason = `An entry in the receipt cannot be read: ${err.message}.`;
  return withStep(NOTHING, "format", "failed", reason);
}

function count(entries: number | bigint): string {
  return entries == 1 ? "1 entry" : `${entries} entries`;
}

function positions({ first, entries }: Receipt): string {
  if (entries.length === 1) return `position ${first}`;
  return `positions ${first} to ${first + entries.length - 1}, with nothing left out`;
}
