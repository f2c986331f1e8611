/** Verifies receipts, of all formats that docs/formats.md names. Knows no page. */

export { checkKnownBlock } from "./block.ts";
export { checkOnChain, type Endpoint } from "./chain.ts";
export { confirmedAnchors } from "./earlier.ts";
export { textOf, type Entry } from "./entry.ts";
export { failedFormat, verifyOffline } from "./offline.ts";
export { readingOf, type Reading } from "./reading.ts";
export { MAX_BYTES, ReceiptError, requireSize, type Anchor, type Receipt } from "./receipt.ts";
export {
  isSigned,
  STEPS,
  verdictOf,
  type Report,
  type Result,
  type Step,
  type StepName,
  type Verdict,
} from "./report.ts";
export { endpoint } from "./rpc.ts";
