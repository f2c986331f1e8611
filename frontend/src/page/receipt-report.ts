/** One receipt: the verdict, the steps, the readings, and where its anchor stands. */

import { css, html, LitElement, nothing } from "lit";

import type { Rows } from "../components/readings-table.ts";
import { basics, controls } from "../components/styles.ts";
import { shown } from "../components/text.ts";
import { roomForDrawings } from "./paper.ts";
import type { Checked } from "./checked.ts";
import { notShown, sentence, titleOf } from "./words.ts";

export class ReceiptReport extends LitElement {
  static override properties = {
    name: {},
    fixed: { type: Boolean },
    checked: { attribute: false },
    gaveUp: { attribute: false },
    rows: { attribute: false },
  };
  declare name: string;
  /** Whether it stays: then nobody can remove it. */
  declare fixed: boolean;
  declare checked: Checked | undefined;
  /** Whether the browser could not go on. */
  declare gaveUp: boolean;
  declare rows: Rows | undefined;

  protected override render() {
    const { checked } = this;
    return html`<article aria-labelledby="name" aria-busy=${checked === undefined && !this.gaveUp}>
      <header>
        <h2 id="name"><bdi>${shown(this.name, 80)}</bdi></h2>
        ${
          this.fixed
            ? nothing
            : html`<button
                class="remove"
                @click=${() => this.dispatchEvent(new Event("remove"))}
                aria-label=${`Remove ${shown(this.name, 80)}`}
              >
                Remove
              </button>`
        }
      </header>
      ${checked === undefined ? this.#unchecked() : this.#checked(checked)}
    </article>`;
  }

  #unchecked() {
    if (!this.gaveUp) return html`<p class="quiet">Checking…</p>`;
    return html`<section class="verdict" data-verdict="none">
      <h3>Not checked</h3>
      <p>
        The browser gave up, most likely because it ran out of memory. That says nothing about the
        receipt. Load the page anew and choose this file alone, or take another computer.
      </p>
    </section>`;
  }

  #checked(checked: Checked) {
    const { verdict, steps, contents, anchor } = checked;
    const unproven = notShown(checked);
    return html`
      <section class="verdict ${verdict}" data-verdict=${verdict}>
        <h3>${titleOf(checked)}</h3>
        <p>${sentence(checked)}</p>
      </section>
      <iot-blockchain-receipt-steps .steps=${steps}></iot-blockchain-receipt-steps>
      ${
        contents &&
        html`
          ${
            contents.timeline
              ? html`<section class="chart">
                  <h3>Readings</h3>
                  <iot-blockchain-readings-chart
                    .timeline=${contents.timeline}
                    .anchored=${checked.anchors.at(-1)?.time}
                    .earlier=${checked.anchors.slice(0, -1).map(({ time }) => time)}
                    .room=${roomForDrawings(steps)}
                  ></iot-blockchain-readings-chart>
                </section>`
              : nothing
          }
          <section class="table">
            <h3>Entries</h3>
            <iot-blockchain-readings-table
              .label=${`Entries of ${shown(this.name, 80)}`}
              .count=${contents.count}
              .devices=${contents.signed > 0}
              .anchors=${checked.anchors}
              .rows=${this.rows}
            ></iot-blockchain-readings-table>
          </section>
          <section>
            <h3>What this does not show</h3>
            <ul>
              ${unproven.map((said) => html`<li>${said}</li>`)}
            </ul>
          </section>
          <iot-blockchain-receipt-facts
            .contents=${contents}
            .anchor=${anchor}
            .confirmed=${verdict === "anchored"}
            .earlierConfirmed=${checked.anchors.length > 1}
          ></iot-blockchain-receipt-facts>
          ${
            anchor && checked.hasBlock
              ? html`<iot-blockchain-block-choice .anchor=${anchor}></iot-blockchain-block-choice>`
              : nothing
          }
        `
      }
    `;
  }

  static override styles = [
    basics,
    controls,
    css`
      article {
        background: var(--surface);
        border: 1px solid var(--line);
        border-radius: 0.75rem;
        padding: 1.25rem;
        display: grid;
        gap: 1.25rem;
      }
      article > * {
        min-width: 0;
      }
      header {
        display: flex;
        justify-content: space-between;
        align-items: center;
        gap: 1rem;
      }
      h2 {
        font-size: 1.15rem;
        min-width: 0;
      }
      section > h3 {
        margin-bottom: 0.5rem;
      }
      .verdict {
        border-inline-start: 0.375rem solid var(--warn);
        background: var(--warn-surface);
        border-radius: 0.5rem;
        padding: 0.875rem 1rem;
      }
      .verdict h3 {
        font-size: 1.3rem;
        margin: 0 0 0.25rem;
        color: var(--warn);
      }
      .when {
        white-space: nowrap;
      }
      .anchored {
        border-color: var(--good);
        background: var(--good-surface);
      }
      .anchored h3 {
        color: var(--good);
      }
      .invalid {
        border-color: var(--bad);
        background: var(--bad-surface);
      }
      .invalid h3 {
        color: var(--bad);
      }
      ul {
        padding-inline-start: 1.25rem;
      }
      li + li {
        margin-top: 0.25rem;
      }
      @media print {
        article {
          border: 0;
          padding: 0;
          gap: 0.6rem;
        }
        .verdict {
          print-color-adjust: exact;
          padding: 0.4rem 1rem;
        }
        .chart h3 {
          display: none;
        }
        li {
          font-size: 0.85rem;
        }
        li + li {
          margin-top: 0;
        }
        .table,
        .remove {
          display: none;
        }
      }
    `,
  ];
}
