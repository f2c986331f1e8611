/** The anchors of a log, the last first. */

import { css, html, LitElement, nothing } from "lit";

import { basics, controls } from "../components/styles.ts";
import { grouped, localTime } from "../components/text.ts";
import type { Anchor, Api } from "./api.ts";
import { alert, button, card } from "./controls.ts";
import { reasonOf } from "./hass.ts";
import { LIFECYCLE, money } from "./shown.ts";
import { parts } from "./styles.ts";

export class AnchorList extends LitElement {
  static override properties = {
    api: { attribute: false },
    mark: { attribute: false },
    anchors: { state: true },
    more: { state: true },
    wrong: { state: true },
  };
  declare api: Api;
  /** Changes when there is something new to be listed. */
  declare mark: string;
  declare anchors: readonly Anchor[] | undefined;
  declare more: boolean;
  declare wrong: string;

  constructor() {
    super();
    this.mark = "";
    this.more = false;
    this.wrong = "";
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("api")) this.anchors = undefined;
    if (changed.has("api") || changed.has("mark")) void this.#load();
  }

  /** Load the latest, or what is before those that are shown. */
  async #load(before?: number): Promise<void> {
    const { api } = this;
    try {
      const found = await api.anchors(before);
      if (api !== this.api) return;
      const known = before === undefined ? [] : (this.anchors ?? []);
      this.anchors = [...known, ...found.anchors];
      this.more = found.more;
      this.wrong = "";
    } catch (err) {
      this.wrong = reasonOf(err);
    }
  }

  protected override render() {
    const { anchors } = this;
    return card(
      "Anchors",
      html`${this.wrong ? alert(this.wrong) : nothing}
      ${
        anchors === undefined
          ? nothing
          : anchors.length
            ? this.#table(anchors)
            : html`<p class="quiet">There are none yet: no block holds anything of this log.</p>`
      }
      ${
        this.more
          ? html`<div class="row">
              ${button("Show older ones", {
                press: () => void this.#load(this.anchors!.at(-1)!.size),
              })}
            </div>`
          : nothing
      }`,
    );
  }

  #table(anchors: readonly Anchor[]) {
    return html`<div class="scrolled" tabindex="0" role="region" aria-label="List of anchors">
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">No.</th>
            <th scope="col">Status</th>
            <th scope="col">Transaction</th>
            <th scope="col">Time of the block</th>
            <th scope="col" class="number">Entries</th>
            <th scope="col" class="number">Cost</th>
          </tr>
        </thead>
        <tbody>
          ${anchors.map((anchor) => this.#row(anchor))}
        </tbody>
      </table>
    </div>`;
  }

  #row(anchor: Anchor) {
    const { chain } = this.api.log;
    const short = `${anchor.transaction.slice(0, 10)}…${anchor.transaction.slice(-4)}`;
    const explorer = chain?.explorer;
    const { title, means } = LIFECYCLE[anchor.status];
    return html`<tr>
      <td class="number">${grouped(anchor.number)}</td>
      <td><span class="chip ${anchor.status}" title=${means}>${title}</span></td>
      <td>
        ${
          explorer
            ? html`<a
                class="mono"
                href=${`${explorer}/tx/${anchor.transaction}`}
                target="_blank"
                rel="noopener noreferrer"
                title=${anchor.transaction}
                >${short}</a
              >`
            : html`<span class="mono" title=${anchor.transaction}>${short}</span>`
        }
      </td>
      <td class="time">${localTime(Date.parse(anchor.block_time))}</td>
      <td class="number">${grouped(anchor.size - anchor.first)}</td>
      <td class="number cost">${money(anchor.cost, chain?.currency ?? "")}</td>
    </tr>`;
  }

  static override styles = [
    basics,
    controls,
    parts,
    css`
      .time,
      .cost,
      .mono {
        white-space: nowrap;
      }
      td:last-child,
      th:last-child {
        padding-inline-end: 0;
      }
      .row {
        margin-top: 0.75rem;
      }
    `,
  ];
}
