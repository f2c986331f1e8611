/** The entries of a receipt, some at a time: a receipt can hold hundreds of thousands. */

import { css, html, LitElement, nothing } from "lit";

import type { AnchorTime, Row } from "../page/checked.ts";
import { millisecondsOf } from "../readings/stops.ts";
import { basics, controls } from "./styles.ts";
import { grouped, localTime, shown, utcTime } from "./text.ts";

const PAGE = 50;
const MAX_TEXT = 300;

/** Gets so many entries from one on. */
export type Rows = (from: number, count: number) => Promise<readonly Row[] | undefined>;

export class ReadingsTable extends LitElement {
  static override properties = {
    label: {},
    count: { type: Number },
    devices: { type: Boolean },
    anchors: { attribute: false },
    rows: { attribute: false },
    from: { state: true },
    page: { state: true },
  };
  declare label: string;
  declare count: number;
  /** Whether to say whose word each reading is. */
  declare devices: boolean;
  /** The anchors that are confirmed, by size. */
  declare anchors: readonly AnchorTime[];
  declare rows: Rows | undefined;
  declare from: number;
  declare page: readonly Row[];

  constructor() {
    super();
    this.label = "Entries";
    this.count = 0;
    this.devices = false;
    this.anchors = [];
    this.from = 0;
    this.page = [];
  }

  protected override firstUpdated(): void {
    void this.#show(0);
  }

  async #show(from: number): Promise<void> {
    const page = await this.rows?.(from, PAGE);
    this.from = from;
    this.page = page ?? [];
  }

  protected override render() {
    const last = this.from + this.page.length;
    return html`
      <div class="scrolled" tabindex="0" role="region" aria-label=${this.label}>
        <table>
          <thead>
            <tr>
              <th scope="col">Position</th>
              <th scope="col">Time</th>
              <th scope="col">Entity</th>
              <th scope="col">Reading</th>
              ${this.devices ? html`<th scope="col">Whose word</th>` : nothing}
              ${this.#timed ? html`<th scope="col">Existed by</th>` : nothing}
            </tr>
          </thead>
          <tbody>
            ${this.page.map((row) => this.#row(row))}
          </tbody>
        </table>
      </div>
      ${this.count > PAGE ? this.#pages(last) : nothing}
    `;
  }

  /** Whether the anchors say of some entries more than of the others. */
  get #timed(): boolean {
    return this.anchors.length > 1;
  }

  #existedBy(position: number) {
    const { time } = this.anchors.find(({ size }) => size > position)!;
    return html`${localTime(time)}<br /><span class="quiet small">${utcTime(time)}</span>`;
  }

  #row({ position, time, entity, text, signed }: Row) {
    const at = millisecondsOf(time);
    const whose = signed ? "device-signed" : "gateway-signed";
    return html`<tr class=${entity === undefined ? "act" : ""}>
      <td class="number">${grouped(position)}</td>
      <td>${localTime(at)}<br /><span class="quiet small">${utcTime(at)}</span></td>
      ${
        entity === undefined
          ? html`<td class="quiet">act</td>`
          : html`<td><bdi>${shown(entity)}</bdi></td>`
      }
      <td class="reading"><bdi>${shown(text, MAX_TEXT)}</bdi></td>
      ${this.devices ? html`<td>${entity === undefined ? "" : whose}</td>` : nothing}
      ${this.#timed ? html`<td>${this.#existedBy(position)}</td>` : nothing}
    </tr>`;
  }

  #pages(last: number) {
    return html`<nav class="row" aria-label=${`Pages: ${this.label}`}>
      <button ?disabled=${this.from === 0} @click=${() => this.#show(this.from - PAGE)}>
        Previous
      </button>
      <span role="status"
        >${grouped(this.from + 1)} to ${grouped(last)} of ${grouped(this.count)}</span
      >
      <button ?disabled=${last >= this.count} @click=${() => this.#show(last)}>Next</button>
    </nav>`;
  }

  static override styles = [
    basics,
    controls,
    css`
      .scrolled {
        overflow: auto;
        max-height: 26rem;
        border: 1px solid var(--line);
        border-radius: 0.5rem;
      }
      table {
        border-collapse: collapse;
        width: 100%;
        font-size: 0.925rem;
      }
      th,
      td {
        text-align: start;
        vertical-align: top;
        padding: 0.4rem 0.75rem;
        border-bottom: 1px solid var(--line);
      }
      tr:last-child td {
        border-bottom: 0;
      }
      th {
        position: sticky;
        top: 0;
        background: var(--surface-2);
        font-weight: 600;
      }
      td:nth-child(2) {
        white-space: nowrap;
      }
      .number {
        font-variant-numeric: tabular-nums;
      }
      td bdi {
        overflow-wrap: break-word;
      }
      td:nth-child(3) {
        max-width: 17rem;
      }
      .reading {
        min-width: 6rem;
      }
      .reading bdi {
        overflow-wrap: anywhere;
      }
      .act td {
        color: var(--quiet);
      }
      nav {
        margin-top: 0.75rem;
      }
    `,
  ];
}
