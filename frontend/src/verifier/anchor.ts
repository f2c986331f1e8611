/** Whether an anchor is one of the checkpoint beside it, without asking anybody. */

import { hex, type Bytes } from "./bytes.ts";
import { logIdOf, type Checkpoint } from "./checkpoint.ts";
import { ADDRESS, isChecksummed, logId } from "./contract.ts";
import type { Anchor } from "./receipt.ts";
import { withStep, type Contents, type Report } from "./report.ts";

/** Add the step `anchor` to a report of a receipt that is in its log. */
export function checkAnchor(report: Report & { contents: Contents }, publicKey: Bytes): Report {
  const { receipt, checkpoint } = report.contents;
  const { anchor } = receipt;
  if (anchor === null) {
    const reason = "Not anchored yet: the log's owner could still replace this log.";
    return withStep(report, "anchor", "skipped", reason);
  }
  const problem = problemOf(anchor, checkpoint, publicKey);
  if (problem !== undefined) {
    return withStep(report, "anchor", "failed", `The anchor does not fit: ${problem}.`);
  }
  const place = `anchor ${anchor.number} of this log on ${anchor.chain}`;
  return withStep(report, "anchor", "passed", `The receipt names ${place}.`);
}

function problemOf(anchor: Anchor, checkpoint: Checkpoint, publicKey: Bytes): string | undefined {
  if (anchor.contract !== ADDRESS) return `the contract ${anchor.contract} is not LogAnchor`;
  if (!isChecksummed(anchor.creator)) {
    return `the creator's address ${anchor.creator} is misspelt`;
  }
  if (anchor.log !== logId(anchor.creator, publicKey)) {
    return "the log on the chain does not belong to the key that signed";
  }
  if (anchor.log !== `0x${logIdOf(checkpoint.origin)}`) {
    return "the checkpoint is of another log than the anchor";
  }
  if (BigInt(anchor.size) !== checkpoint.size || anchor.root !== `0x${hex(checkpoint.root)}`) {
    return "the anchor is of another checkpoint than the one that was signed";
  }
  return undefined;
}
