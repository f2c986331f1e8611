/** What is to be said of a receipt as a whole. */

import { html, type TemplateResult } from "lit";

import { counted, localTime, utcTime } from "../components/text.ts";
import type { Result, Step, StepName, Verdict } from "../verifier/index.ts";
import type { Checked, Contents } from "./checked.ts";
import { networkOf } from "./networks.ts";

const TITLES: Readonly<Record<Verdict, string>> = {
  anchored: "Anchored",
  unchecked: "Not yet checked on the chain",
  not_anchored: "Not anchored",
  invalid: "Not valid",
};

/** The whole in a few words. */
export function titleOf({ verdict, steps }: Checked): string {
  return verdict === "unchecked" && resultOf(steps, "on_chain") === "passed"
    ? "Not the block that you named"
    : TITLES[verdict];
}

// Blocks are timed by those who make them, to some seconds.
const CLOCK_ERROR = 60_000;

/** A plain sentence of what is shown, and what is not yet. */
export function sentence({
  verdict,
  steps,
  contents,
  anchor,
  anchors,
}: Checked): string | TemplateResult {
  if (contents === undefined) return `${failure(steps)} This receipt proves nothing.`;
  const one = contents.count === 1;
  const these = `${one ? "This" : "These"} ${things(contents)}`;
  if (anchor === undefined) {
    return (
      `${these} ${one ? "is" : "are"} in a log that its key signed. No block holds the log yet, so` +
      ` its owner could still replace it: nothing is shown of when ${one ? "it was" : "they were"} made.`
    );
  }
  const at = anchor.block_time * 1000;
  // A time stays on one line.
  const when = html`<span class="when">${utcTime(at)}</span> (<span class="when"
      >${localTime(at)}</span
    >)`;
  if (verdict === "unchecked") {
    return html`The receipt is sound in itself. It claims that a block of ${chainOf(anchor.chain)}
    has held ${these.toLowerCase()} since ${when}. ${doubt(steps)}`;
  }
  const given = tookKnownBlock(steps)
    ? html`Given that the block you named is part of ${chainOf(anchor.chain)}:
      ${these.toLowerCase()}`
    : these;
  const earlier = anchors.some(
    ({ size }) => size > contents.first && size < contents.first + contents.count,
  )
    ? "Some of them are older: an earlier anchor holds them."
    : "";
  return html`${given} existed, exactly as shown here, no later than ${when}. ${earlier}
  ${one ? "" : "Nothing between them was left out."}`;
}

/** Whether the reader's own word for a block stands in for the chain's. */
export function tookKnownBlock(steps: readonly Step[]): boolean {
  return resultOf(steps, "known_block") === "passed" && resultOf(steps, "on_chain") !== "passed";
}

/** What nobody should take the receipt for. */
export function notShown({ verdict, contents, anchor }: Checked): string[] {
  if (contents === undefined) return [];
  const unsigned = contents.readings - contents.signed;
  const whose =
    contents.signed === 0
      ? "The readings are"
      : `${counted(unsigned, "reading")} ${unsigned === 1 ? "is" : "are"}`;
  return [
    "That the sensor was right, or was where it should be.",
    verdict === "anchored" &&
      "That a reading was made at the time that it names: that is the clock of the house. The block" +
        " shows only that it was not made later.",
    anchor !== undefined &&
      (contents.timeline?.to ?? 0) > anchor.block_time * 1000 + CLOCK_ERROR &&
      "That the clock of the house was right: it names a time after that of the block.",
    unsigned > 0 &&
      `What was done before the readings were recorded. ${whose} the word of the gateway, and not` +
        " signed by a device.",
    "Whose log this is. Compare its id or key below with what the house gave you before.",
    anchor !== undefined &&
      networkOf(anchor.chain)?.testnet === true &&
      `Anything for long: ${chainOf(anchor.chain)} is a test network, which can be shut down.`,
  ].filter((said) => said !== false);
}

/** A chain's name, and its id. */
export function chainOf(chain: string): string {
  const network = networkOf(chain);
  return network ? `${network.name} (${chain})` : chain;
}

function things({ count, readings }: Contents): string {
  const acts = count - readings;
  if (count === 1) return readings ? "reading" : "act";
  const said = [
    ...(readings ? [counted(readings, "reading")] : []),
    ...(acts ? [counted(acts, "act")] : []),
  ];
  return said.join(" and ");
}

function failure(steps: readonly Step[]): string {
  const failed = steps.find(({ result }) => result === "failed");
  return failed?.name === "format"
    ? "This cannot be read as a receipt."
    : `The step “${failed?.name}” failed.`;
}

/** Why an anchor that the receipt names does not count. */
function doubt(steps: readonly Step[]): string {
  switch (resultOf(steps, "on_chain")) {
    case "passed":
      return (
        "The chain confirms that, but you named another block. Look its hash up once more, or take" +
        " it out of the field below."
      );
    case undefined:
      return "Nobody has asked the chain yet, so that is only a claim.";
    default:
      return "Not every endpoint that was asked confirmed that, so it is only a claim.";
  }
}

function resultOf(steps: readonly Step[], wanted: StepName): Result | undefined {
  return steps.find(({ name }) => name === wanted)?.result;
}
