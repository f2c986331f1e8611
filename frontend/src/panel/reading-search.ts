/** Looks for readings of an entity in a period: a chart, and what became of each. */

import { css, html, LitElement, nothing } from "lit";

import { basics, controls } from "../components/styles.ts";
import { counted, localTime, shown } from "../components/text.ts";
import type { Act, Api, MadeReceipt, Period, Reading } from "./api.ts";
import { alert, button, card } from "./controls.ts";
import { reasonOf } from "./hass.ts";
import { fieldTime, lastPeriod, LENGTHS, periodBetween } from "./period.ts";
import { leftOut, LIFECYCLE, said } from "./shown.ts";
import { parts } from "./styles.ts";
import { anchorTimes, timelineOfReadings } from "./timeline.ts";

const ROWS = 50;
const MAX_STATE = 80;
const CUSTOM = "custom";

/** Asks for the receipt of something, to be shown under a name. */
export class ReceiptEvent extends Event {
  readonly name: string;
  readonly receipt: () => Promise<MadeReceipt>;

  constructor(name: string, receipt: () => Promise<MadeReceipt>) {
    super("receipt", { bubbles: true, composed: true });
    this.name = name;
    this.receipt = receipt;
  }
}

interface Found {
  readonly entity: string;
  readonly period: Period;
  /** Whether the period goes on. */
  readonly live: boolean;
  readonly readings: readonly Reading[];
  readonly acts: readonly Act[];
  readonly more: boolean;
}

export class ReadingSearch extends LitElement {
  static override properties = {
    api: { attribute: false },
    mark: { attribute: false },
    entities: { state: true },
    entity: { state: true },
    length: { state: true },
    found: { state: true },
    rows: { state: true },
    busy: { state: true },
    said: { state: true },
    wrong: { state: true },
  };
  declare api: Api;
  /** Changes when readings may have come further than they are shown. */
  declare mark: string;
  declare entities: readonly string[] | undefined;
  declare entity: string;
  /** In milliseconds, or `custom`. */
  declare length: string;
  declare found: Found | undefined;
  declare rows: number;
  declare busy: boolean;
  declare said: string;
  declare wrong: string;

  #custom = { start: "", end: "" };

  constructor() {
    super();
    this.mark = "";
    this.entity = "";
    this.length = String(LENGTHS[1].length);
    this.rows = ROWS;
    this.busy = false;
    this.said = "";
    this.wrong = "";
  }

  protected override willUpdate(changed: Map<string, unknown>): void {
    if (changed.has("api")) {
      this.entities = undefined;
      this.found = undefined;
      void this.#loadEntities();
    } else if (changed.has("mark")) {
      if (this.entities?.length === 0) void this.#loadEntities();
      else if (this.found && !this.busy) void this.#refresh(this.found);
    }
  }

  async #loadEntities(): Promise<void> {
    const { api } = this;
    await this.#try("", async () => {
      const entities = await api.entities();
      if (api !== this.api) return;
      this.entities = entities;
      if (!entities.includes(this.entity)) this.entity = entities[0] ?? "";
      if (this.entity) await this.#show();
    });
  }

  protected override render() {
    return card(
      "Readings",
      html`${
          this.entities?.length === 0
            ? html`<p class="quiet">Nothing is recorded yet. A source says what to record.</p>`
            : this.#form()
        }
        ${this.wrong ? alert(this.wrong) : nothing}
        <p class="quiet small" role="status">${this.said}</p>
        ${this.found && this.#found(this.found)}`,
    );
  }

  #form() {
    return html`<form @submit=${this.#submit}>
      <div>
        <label for="entity">Entity</label>
        <select
          id="entity"
          @change=${(event: Event) => (this.entity = (event.target as HTMLSelectElement).value)}
        >
          ${(this.entities ?? []).map(
            (entity) =>
              html`<option value=${entity} ?selected=${entity === this.entity}>
                ${this.#named(entity)}
              </option>`,
          )}
        </select>
      </div>
      <div>
        <label for="length">Time</label>
        <select
          id="length"
          @change=${(event: Event) => (this.length = (event.target as HTMLSelectElement).value)}
        >
          ${LENGTHS.map(
            ({ name, length }) =>
              html`<option value=${length} ?selected=${String(length) === this.length}>
                ${name}
              </option>`,
          )}
          <option value=${CUSTOM} ?selected=${this.length === CUSTOM}>Between two times</option>
        </select>
      </div>
      ${this.length === CUSTOM ? [this.#time("start", "From"), this.#time("end", "To")] : nothing}
      <div>${button("Show", { main: true, disabled: this.busy })}</div>
    </form>`;
  }

  #time(which: "start" | "end", label: string) {
    this.#custom[which] ||= fieldTime(Date.now() - (which === "start" ? LENGTHS[1].length : 0));
    return html`<div>
      <label for=${which}>${label}</label>
      <input
        id=${which}
        type="datetime-local"
        required
        .value=${this.#custom[which]}
        @input=${(event: Event) => (this.#custom[which] = (event.target as HTMLInputElement).value)}
      />
    </div>`;
  }

  #named(entity: string): string {
    const name = this.api.nameOf(entity);
    return name === undefined ? entity : `${shown(name, 60)} (${entity})`;
  }

  #found(found: Found) {
    const { entity, period, readings, acts, more } = found;
    if (readings.length === 0) {
      return html`<p class="quiet">The log holds no reading of ${entity} from this time.</p>`;
    }
    const timeline = timelineOfReadings(readings, acts);
    const anchors = anchorTimes(readings);
    return html`
      ${
        timeline &&
        html`<iot-blockchain-readings-chart
          .timeline=${timeline}
          .anchored=${anchors.at(-1)}
          .earlier=${anchors.slice(0, -1)}
        ></iot-blockchain-readings-chart>`
      }
      <div class="row">
        ${button("Receipt of this time", {
          disabled: this.busy,
          press: () => this.#receiptOfPeriod(entity, period),
        })}
        ${button("Evidence as a file", {
          disabled: this.busy,
          press: () => void this.#evidence(entity, period),
        })}
      </div>
      <p class="quiet small">
        They prove that nothing was left out. So they hold the readings of
        <strong>all</strong> entities that this log recorded in this time: give them only to those
        who may see these.
      </p>
      <div class="scrolled" tabindex="0" role="region" aria-label="List of readings">
        <table>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">Reading</th>
              <th scope="col">Status</th>
              <th scope="col"><span class="hidden">Receipt</span></th>
            </tr>
          </thead>
          <tbody>
            ${readings.slice(0, this.rows).map((reading) => this.#row(reading))}
          </tbody>
        </table>
      </div>
      ${
        readings.length > this.rows || more
          ? html`<div class="row">
              ${button("Show older ones", {
                disabled: this.busy,
                press: () => void this.#showMore(found),
              })}
              <span class="quiet small"
                >${counted(Math.min(this.rows, readings.length), "reading")} of
                ${more ? "more than " : ""}${readings.length}</span
              >
            </div>`
          : nothing
      }
    `;
  }

  #row(reading: Reading) {
    const { index, entity, time, signed, status, anchored } = reading;
    const text = said(reading);
    const { title, means } = LIFECYCLE[status];
    const by = anchored === null ? "" : `, anchored ${localTime(Date.parse(anchored))}`;
    return html`<tr>
      <td>${localTime(Date.parse(time))}</td>
      <td class="state">
        <bdi>${shown(text, MAX_STATE)}</bdi>
        ${signed ? html`<span class="quiet small">signed by its device</span>` : nothing}
      </td>
      <td><span class="chip ${status}" title=${means + by}>${title}</span></td>
      <td class="number">
        ${button(
          html`Receipt<span class="hidden">
              of ${shown(text, MAX_STATE)}, ${localTime(Date.parse(time))}</span
            >`,
          {
            small: true,
            press: () =>
              this.dispatchEvent(
                new ReceiptEvent(`${entity}-${index}`, () => this.api.receipt({ index })),
              ),
          },
        )}
      </td>
    </tr>`;
  }

  #receiptOfPeriod(entity: string, period: Period): void {
    const name = `${entity}-${period.start.slice(0, 10)}`;
    this.dispatchEvent(
      new ReceiptEvent(name, () => this.api.receipt({ entity_id: [entity], ...period })),
    );
  }

  async #evidence(entity: string, period: Period): Promise<void> {
    await this.#try("Writing the file…", async () => {
      const { download, waiting } = await this.api.evidence(entity, period);
      const link = document.createElement("a");
      link.href = download;
      link.download = "";
      link.click();
      this.said = [
        "The file is being downloaded. It explains itself: begin with README.txt.",
        ...(waiting ? [leftOut(waiting)] : []),
      ].join(" ");
    });
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    void this.#try("", () => this.#show());
  }

  async #show(): Promise<void> {
    const { entity } = this;
    const { start, end } = this.#custom;
    const live = this.length !== CUSTOM;
    const period = live ? lastPeriod(Number(this.length), Date.now()) : periodBetween(start, end);
    if (period === undefined) {
      this.wrong = "The second time is before the first one. Swap the two.";
      return;
    }
    this.rows = ROWS;
    await this.#find(entity, period, live);
  }

  async #find(entity: string, period: Period, live: boolean): Promise<void> {
    const { api } = this;
    const page = await api.readings(entity, period);
    if (api === this.api) this.found = { entity, period, live, ...page };
  }

  /** Look again at what is shown: readings have come further. */
  async #refresh({ entity, period, live }: Found): Promise<void> {
    // Who looks at older ones is left alone.
    if (this.rows > ROWS) return;
    const end = live ? new Date().toISOString() : period.end;
    await this.#try("", () => this.#find(entity, { ...period, end }, live));
  }

  async #showMore(found: Found): Promise<void> {
    const { entity, period, readings, more } = found;
    this.rows += ROWS;
    if (readings.length >= this.rows || !more) return;
    await this.#try("Looking…", async () => {
      const page = await this.api.readings(entity, period, readings.at(-1)!.index);
      if (found !== this.found) return;
      this.found = { ...found, readings: [...readings, ...page.readings], more: page.more };
      this.said = "";
    });
  }

  async #try(saying: string, work: () => Promise<void>): Promise<void> {
    this.busy = true;
    this.wrong = "";
    this.said = saying;
    try {
      await work();
    } catch (err) {
      this.wrong = reasonOf(err);
    }
    this.busy = false;
  }

  static override styles = [
    basics,
    controls,
    parts,
    css`
      form {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr));
        gap: 0.75rem 1rem;
        align-items: end;
        margin-bottom: 0.75rem;
      }
      iot-blockchain-readings-chart {
        margin-bottom: 0.75rem;
      }
      .row {
        margin: 0.5rem 0;
      }
      .state {
        overflow-wrap: anywhere;
        min-width: 6rem;
      }
      .state .small {
        display: block;
      }
      td:last-child {
        padding-inline-end: 0;
      }
    `,
  ];
}
