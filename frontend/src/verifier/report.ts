/** What comes of checking a receipt. docs/formats.md, "Verification". */

import type { Checkpoint } from "./checkpoint.ts";
import type { Entry } from "./entry.ts";
import type { Receipt } from "./receipt.ts";

/** The steps, in the order in which they are taken. */
export const STEPS = [
  "format",
  "signed",
  "in_log",
  "device_signed",
  "device_known",
  "anchor",
  "in_block",
  "earlier",
  "known_block",
  "on_chain",
  "earlier_on_chain",
] as const;
export type StepName = (typeof STEPS)[number];

export type Result = "passed" | "failed" | "skipped";

/** One named step, and why it went as it did, for people. */
export interface Step {
  readonly name: StepName;
  readonly result: Result;
  readonly reason: string;
}

/** What was read of a receipt whose entries are in its log. */
export interface Contents {
  readonly receipt: Receipt;
  readonly checkpoint: Checkpoint;
  readonly entries: readonly Entry[];
}

/** The steps that were taken. Without `contents`, one of the first three failed. */
export interface Report {
  readonly steps: readonly Step[];
  readonly contents?: Contents;
  /** The hash of a block that the reader says the chain holds. */
  readonly knownBlock?: string;
}

export type Verdict = "invalid" | "not_anchored" | "unchecked" | "anchored";

/** Whether a step failed: then there is nothing more to check. */
export function hasFailed({ steps }: Report): boolean {
  return steps.some(({ result }) => result === "failed");
}

// Without one of these, an anchor is only a claim.
const OF_THE_CHAIN: readonly StepName[] = ["known_block", "on_chain"];

/** The whole in a word. */
export function verdictOf(report: Report): Verdict {
  const { steps, contents } = report;
  if (contents === undefined || hasFailed(report)) return "invalid";
  if (contents.receipt.anchor === null) return "not_anchored";
  const ofTheChain = OF_THE_CHAIN.filter((name) => steps.some((step) => step.name === name));
  if (ofTheChain.length === 0) return "unchecked";
  const needed: StepName[] = ["anchor", ...ofTheChain];
  if (contents.entries.some(isSigned)) needed.push("device_signed");
  const passed = (name: StepName) =>
    steps.some((step) => step.name === name && step.result === "passed");
  return needed.every(passed) ? "anchored" : "unchecked";
}

export function isSigned({ type }: Entry): boolean {
  return type === "signed_reading";
}

// A receipt can hold names of any length, and reasons quote them.
const MAX_REASON = 500;

/** Add a step to a report. */
export function withStep<R extends Report>(
  report: R,
  name: StepName,
  result: Result,
  reason: string,
): R {
  return { ...report, steps: [...report.steps, { name, result, reason: shortened(reason) }] };
}

function shortened(reason: string): string {
  if (reason.length <= MAX_REASON) return reason;
  const half = MAX_REASON / 2;
  return `${reason.slice(0, half)} … ${reason.slice(-half)}`.toWellFormed();
}
