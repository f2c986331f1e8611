/** The named steps of a verification, with their results and what those mean. */

import { css, html, LitElement, nothing, svg } from "lit";

import { STEPS, type Result, type Step, type StepName } from "../verifier/index.ts";
import { basics } from "./styles.ts";
import { shown } from "./text.ts";

const TITLES: Readonly<Record<StepName, string>> = {
  format: "The file is a receipt",
  signed: "The log’s key signed it",
  in_log: "Unchanged, and in the log",
  device_signed: "Signed by the device",
  device_known: "The owner vouches for the device",
  anchor: "The anchor belongs to this log",
  in_block: "The block holds the anchor",
  earlier: "The log grew from earlier anchors",
  known_block: "You know the block",
  on_chain: "The chain holds the anchor",
  earlier_on_chain: "The chain holds the earlier ones",
};

const FAILED: Readonly<Record<StepName, string>> = {
  format:
    "Nothing can be said about it. Unless that says what to do, ask the sender for the original" +
    " file, as it was made.",
  signed: "Whoever made this file does not hold the log’s key, or the file was changed afterwards.",
  in_log:
    "The log holds something else at this place. After the receipt was made, a reading was changed," +
    " moved or left out.",
  device_signed: "A reading is said to be the device’s own word, and it is not.",
  device_known: "The signature can be somebody else’s, so it says nothing about the device.",
  anchor: "The block that it names holds another log, so it says nothing about these readings.",
  in_block: "The block that the receipt carries was made up, or is the block of something else.",
  earlier: "An earlier anchor is not one of this log, so the log was changed, or it was made up.",
  known_block: "",
  on_chain:
    "The anchor was made up, or the chain took its block back. Ask the sender to make the receipt" +
    " again, and ask another endpoint too.",
  earlier_on_chain:
    "An earlier anchor was made up, so nothing that the sender says can be trusted.",
};

const SKIPPED: Partial<Record<StepName, string>> = {
  device_known: "Ask the house for the key of its device, and compare.",
  anchor: "Ask the sender for the receipt again once the log is anchored.",
  known_block: "Look up that block of that chain, and compare. Or ask a node.",
  on_chain: "Until a node of the chain says so, the anchor is only a claim.",
  earlier_on_chain:
    "Less is known of when each reading was made: only that it was no later than the last anchor.",
};

const RESULTS: Readonly<Record<Result, string>> = {
  passed: "passed",
  failed: "failed",
  skipped: "not shown",
};
const NOT_REACHED = "not checked, because a step before it failed";
const NOT_ASKED = "nobody was asked yet";
const DISC = svg`<circle cx="10" cy="10" r="9" fill="currentColor" />`;
const RING = svg`<circle cx="10" cy="10" r="8" fill="none" stroke="currentColor" stroke-width="2" />`;
const ICONS = {
  passed: svg`${DISC}<path class="mark" d="m5.8 10.4 2.8 2.8 5.6-6" />`,
  failed: svg`${DISC}<path class="mark" d="m6.6 6.6 6.8 6.8m0-6.8-6.8 6.8" />`,
  skipped: svg`${RING}<path d="M6 10h8" stroke="currentColor" stroke-width="2" />`,
  open: RING,
};
/** Steps that not every receipt has: of devices that sign, of blocks and of earlier anchors. */
const OF_SOME: readonly StepName[] = [
  "device_signed",
  "device_known",
  "in_block",
  "earlier",
  "known_block",
  "earlier_on_chain",
];

export class ReceiptSteps extends LitElement {
  static override properties = { steps: { attribute: false } };
  declare steps: readonly Step[];

  constructor() {
    super();
    this.steps = [];
  }

  protected override render() {
    const failed = this.steps.some(({ result }) => result === "failed");
    const taken = (name: StepName) => this.steps.find((step) => step.name === name);
    const unanchored = taken("anchor")?.result === "skipped";
    return html`<ol>
      ${STEPS.map((name) => {
        const step = taken(name);
        if (step) return this.#taken(step);
        if (OF_SOME.includes(name) || unanchored) return nothing;
        return this.#item(name, "open", failed ? NOT_REACHED : NOT_ASKED);
      })}
    </ol>`;
  }

  #taken({ name, result, reason }: Step) {
    const meaning = { failed: FAILED[name], skipped: SKIPPED[name], passed: undefined }[result];
    return this.#item(
      name,
      result,
      RESULTS[result],
      html`<p><bdi>${shown(reason, 600)}</bdi></p>
        ${meaning && html`<p class="meaning">What this means: ${meaning}</p>`}`,
    );
  }

  #item(name: StepName, state: Result | "open", word: string, more: unknown = nothing) {
    return html`<li class=${state} data-step=${name} data-result=${state}>
      <svg viewBox="0 0 20 20" aria-hidden="true">${ICONS[state]}</svg>
      <div>
        <h3>
          ${TITLES[name]}
          <span class="word">${word}</span>
          <code aria-hidden="true">${name}</code>
        </h3>
        ${more}
      </div>
    </li>`;
  }

  static override styles = [
    basics,
    css`
      ol {
        list-style: none;
        padding: 0;
      }
      li {
        display: grid;
        grid-template-columns: 1.5rem 1fr;
        gap: 0.75rem;
        padding: 0.75rem 0;
        border-top: 1px solid var(--line);
      }
      li:first-child {
        border-top: 0;
      }
      svg {
        width: 1.375rem;
        height: 1.375rem;
        color: var(--quiet);
      }
      .mark {
        fill: none;
        stroke: var(--surface);
        stroke-width: 2.2;
        stroke-linecap: round;
        stroke-linejoin: round;
      }
      .passed svg {
        color: var(--good);
      }
      .failed svg {
        color: var(--bad);
      }
      .skipped svg {
        color: var(--warn);
      }
      h3 {
        display: flex;
        flex-wrap: wrap;
        gap: 0.125rem 0.625rem;
        align-items: baseline;
      }
      .word {
        font-weight: 400;
        color: var(--quiet);
      }
      .failed .word {
        color: var(--bad);
        font-weight: 600;
      }
      code {
        color: var(--quiet);
        font-weight: 400;
        margin-inline-start: auto;
      }
      p {
        font-size: 0.925rem;
        color: var(--quiet);
        overflow-wrap: anywhere;
      }
      .meaning {
        color: var(--text);
        margin-top: 0.25rem;
      }
      @media print {
        li {
          padding: 0.1rem 0;
        }
        li > div {
          display: grid;
          grid-template-columns: 4fr 7fr;
          gap: 0 0.75rem;
          align-items: baseline;
        }
        h3 {
          font-size: 0.85rem;
        }
        code {
          display: none;
        }
        p {
          grid-column: 2;
          font-size: 0.85rem;
          display: -webkit-box;
          -webkit-box-orient: vertical;
          -webkit-line-clamp: 2;
          overflow: hidden;
        }
        .passed p {
          -webkit-line-clamp: 1;
        }
      }
    `,
  ];
}
