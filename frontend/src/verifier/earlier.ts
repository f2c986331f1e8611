/**
 * The anchors before the receipt's own. An entry existed by the time of the first anchor that holds
 * it. The anchor before does not hold it, and that is all it says. docs/formats.md, "Earlier anchors".
 */

import { problemOf } from "./block.ts";
import { fromHex } from "./bytes.ts";
import { ProofError, verifyConsistency } from "./merkle.ts";
import type { Anchor, EarlierAnchor } from "./receipt.ts";
import { hasFailed, withStep, type Report } from "./report.ts";

/** Add the step `earlier`, where there are earlier anchors and no step failed before. */
export function checkEarlier(report: Report): Report {
  const { anchor, earlier = [] } = report.contents?.receipt ?? {};
  if (!anchor || earlier.length === 0 || hasFailed(report)) return report;
  const problem = problemWith(anchor, earlier);
  if (problem !== undefined) {
    return withStep(report, "earlier", "failed", `The earlier anchors do not fit: ${problem}.`);
  }
  const anchors = earlier.length === 1 ? "an earlier anchor" : `${earlier.length} earlier anchors`;
  const reason = `The receipt names ${anchors}, of the same log when it was shorter.`;
  return withStep(report, "earlier", "passed", reason);
}

function problemWith(anchor: Anchor, earlier: readonly EarlierAnchor[]): string | undefined {
  for (const found of earlier) {
    const problem = problemWithOne(anchor, found);
    if (problem !== undefined) return problem;
  }
  const anchors = [...earlier.map((found) => found.anchor), anchor];
  const inOrder = anchors.every((after, place) => {
    const before = anchors[place - 1];
    return (
      before === undefined ||
      (before.number < after.number &&
        before.size < after.size &&
        before.block_number <= after.block_number &&
        before.block_time <= after.block_time)
    );
  });
  return inOrder ? undefined : "they are not in their order";
}

function problemWithOne(
  last: Anchor,
  { anchor, consistency, block }: EarlierAnchor,
): string | undefined {
  const { number } = anchor;
  const ofLog = ["chain", "contract", "creator", "log"] as const;
  if (ofLog.some((name) => anchor[name] !== last[name])) {
    return `anchor ${number} is of another log`;
  }
  try {
    const root = (text: string) => fromHex(text.slice(2));
    verifyConsistency(anchor.size, last.size, consistency, root(anchor.root), root(last.root));
  } catch (err) {
    if (!(err instanceof ProofError)) throw err;
    return `the log was another one at anchor ${number}: ${err.message}`;
  }
  const problem = block && problemOf(anchor, block);
  return problem ? `the block of anchor ${number} does not hold it: ${problem}` : undefined;
}

/**
 * The times of the anchors that are confirmed, each with the size of the log that it holds, by size.
 * Of a report whose verdict is `anchored`: the chain confirmed the earlier ones, or the reader knows
 * their block.
 */
export function confirmedAnchors({ contents, steps, knownBlock }: Report): readonly Anchor[] {
  const { anchor, earlier } = contents!.receipt;
  const asked = steps.some(
    ({ name, result }) => name === "earlier_on_chain" && result === "passed",
  );
  const known = earlier.filter(
    (found) => asked || (found.block !== null && found.anchor.block_hash === knownBlock),
  );
  return [...known.map((found) => found.anchor), anchor!];
}
