/** Which log and which anchor a receipt names, for a person to compare and to keep. */

import { css, html, LitElement, nothing, type TemplateResult } from "lit";

import { basics, controls } from "../components/styles.ts";
import { counted, grouped, localTime, shown, utcTime } from "../components/text.ts";
import type { Anchor } from "../verifier/index.ts";
import type { Contents } from "./checked.ts";
import { codeOf } from "./code.ts";
import { networkOf } from "./networks.ts";
import { chainOf } from "./words.ts";

export class ReceiptFacts extends LitElement {
  static override properties = {
    contents: { attribute: false },
    anchor: { attribute: false },
    confirmed: { type: Boolean },
    earlierConfirmed: { type: Boolean },
    known: { state: true },
  };
  declare contents: Contents | undefined;
  declare anchor: Anchor | undefined;
  /** Whether the chain says so too, and not only the receipt. */
  declare confirmed: boolean;
  declare earlierConfirmed: boolean;
  /** The id or the key of the log that the reader has from elsewhere. */
  declare known: string;

  constructor() {
    super();
    this.confirmed = this.earlierConfirmed = false;
    this.known = "";
  }

  protected override render() {
    const { contents, anchor } = this;
    if (contents === undefined) return nothing;
    const { origin, size, first, count, key } = contents;
    const slash = origin.lastIndexOf("/");
    const last = first + count - 1;
    const code = codeOf(contents, anchor);
    return html`
      <h3>For the record</h3>
      <div class="columns">
        <dl>
          ${fact("Log", html`<bdi>${shown(origin.slice(0, Math.max(0, slash)), 80)}</bdi>`)}
          ${fact("Log id", mono(shown(origin.slice(slash + 1), 80)))}
          ${fact("Log’s key", mono(key.slice(origin.length + 1)))}
          ${fact(
            count === 1 ? "Position" : "Positions",
            html`${grouped(first)}${count === 1 ? "" : ` to ${grouped(last)}`} of ${grouped(size)}
            entries`,
          )}
          ${anchor === undefined ? fact("Anchor", "none yet") : anchorFacts(anchor, this.confirmed)}
        </dl>
        ${
          code === undefined
            ? nothing
            : html`<div class="code">
                <iot-blockchain-qr-code
                  .text=${code}
                  label="QR code with the checkpoint and the anchor"
                ></iot-blockchain-qr-code>
                <p class="quiet small">
                  The checkpoint${anchor ? " and the anchor" : ""}, for paper
                </p>
              </div>`
        }
      </div>
      ${contents.earlier.length ? this.#earlier(contents) : nothing} ${this.#comparison(contents)}
    `;
  }

  #earlier({ earlier }: Contents) {
    return html`<details>
      <summary>${counted(earlier.length, "earlier anchor")}</summary>
      ${this.earlierConfirmed ? nothing : html`<p>The chain has not confirmed these.</p>`}
      <table>
        <thead>
          <tr>
            <th scope="col">Anchor</th>
            <th scope="col">Time of the block</th>
            <th scope="col">Entries</th>
          </tr>
        </thead>
        <tbody>
          ${earlier.map(
            ({ number, size, time }) =>
              html`<tr>
                <td>${grouped(number)}</td>
                <td>${utcTime(time)}</td>
                <td>${grouped(size)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </details>`;
  }

  #comparison({ origin, key }: Contents) {
    const known = this.known.trim();
    const id = origin.slice(origin.lastIndexOf("/") + 1);
    const same = [key, key.slice(origin.length + 1), id, `0x${id}`].includes(known);
    return html`<div class="compare">
      <label for="known">Compare with the id or key that you know</label>
      <input
        id="known"
        autocomplete="off"
        spellcheck="false"
        .value=${this.known}
        @input=${(event: InputEvent) => (this.known = (event.target as HTMLInputElement).value)}
      />
      <p role="status" class=${same ? "same" : "other"}>
        ${known && (same ? "This is the log that you know." : "This is another log.")}
      </p>
    </div>`;
  }

  static override styles = [
    basics,
    controls,
    css`
      h3 {
        margin-bottom: 0.5rem;
      }
      details {
        margin-top: 0.75rem;
        font-size: 0.925rem;
      }
      summary {
        cursor: pointer;
      }
      th,
      td {
        padding: 0.15rem 1.25rem 0.15rem 0;
        text-align: start;
        font-variant-numeric: tabular-nums;
      }
      th {
        color: var(--quiet);
        font-weight: 400;
      }
      .compare {
        margin-top: 1rem;
        max-width: 36rem;
      }
      .compare label {
        font-size: 0.9rem;
      }
      [role="status"] {
        font-weight: 600;
        min-height: 1.5em;
        margin-top: 0.25rem;
      }
      .same {
        color: var(--good);
      }
      .other {
        color: var(--bad);
      }
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 13rem;
        gap: 1.5rem;
        align-items: start;
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 0.3rem 1.25rem;
        font-size: 0.925rem;
      }
      dt {
        color: var(--quiet);
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      .code p {
        text-align: center;
        margin-top: 0.25rem;
      }
      @media (max-width: 40rem) {
        .columns {
          grid-template-columns: minmax(0, 1fr);
        }
        dl {
          grid-template-columns: minmax(0, 1fr);
        }
        dd {
          margin-bottom: 0.4rem;
        }
        .code {
          max-width: 13rem;
        }
      }
      @media print {
        details,
        .compare {
          display: none;
        }
        .columns {
          grid-template-columns: minmax(0, 1fr) 45mm;
          break-inside: avoid;
        }
        dl {
          font-size: 0.75rem;
          gap: 0.1rem 0.75rem;
        }
      }
    `,
  ];
}

function anchorFacts(anchor: Anchor, confirmed: boolean): TemplateResult {
  const at = anchor.block_time * 1000;
  const explorer = networkOf(anchor.chain)?.explorer;
  return html`
    ${fact("Chain", chainOf(anchor.chain))}
    ${fact("Anchor", `number ${grouped(anchor.number)} of this log`)}
    ${fact("Block", html`${grouped(anchor.block_number)}<br />${mono(anchor.block_hash)}`)}
    ${fact("Time of the block", html`${localTime(at)}<br />${utcTime(at)}`)}
    ${confirmed ? nothing : fact("", "The chain has not confirmed this.")}
    ${fact(
      "Transaction",
      explorer === undefined
        ? mono(anchor.transaction)
        : html`<a
            class="mono"
            href=${`${explorer}/tx/${anchor.transaction}`}
            target="_blank"
            rel="noopener noreferrer"
            >${anchor.transaction}</a
          >`,
    )}
    ${fact("Contract", mono(anchor.contract))} ${fact("Log created by", mono(anchor.creator))}
  `;
}

function fact(name: string, value: unknown): TemplateResult {
  return html`<dt>${name}</dt>
    <dd>${value}</dd>`;
}

function mono(text: string): TemplateResult {
  return html`<span class="mono">${text}</span>`;
}
