/** A card for dashboards: how far the last reading of an entity is, and its receipt. */

import { css, html, LitElement, nothing } from "lit";

import { basics } from "../components/styles.ts";
import { localTime, shown } from "../components/text.ts";
import { Api, type Log, type Reading } from "../panel/api.ts";
import { reasonOf, type Hass } from "../panel/hass.ts";
import type { ReceiptDialog } from "../panel/receipt-dialog.ts";
import { LIFECYCLE, said } from "../panel/shown.ts";
import { parts, theme } from "../panel/styles.ts";

export interface Config {
  readonly type: string;
  readonly entity: string;
  readonly name?: string;
}

type Latest = Reading & { readonly entry_id: string; readonly log: string };

// A reading is on the disk within a second, and on its way for minutes.
const SOON = 2_000;
const LATER = 20_000;
const ICONS = {
  pending: "mdi:timer-sand",
  submitted: "mdi:upload",
  confirmed: "mdi:check",
  final: "mdi:check-all",
};

export class Card extends LitElement {
  static override properties = {
    config: { state: true },
    latest: { state: true },
    wrong: { state: true },
    title: { state: true },
  };
  declare config: Config | undefined;
  /** Null where nothing was recorded. */
  declare latest: Latest | null | undefined;
  declare wrong: string;
  /** What a person calls the entity. */
  declare title: string;

  #hass: Hass | undefined;
  #updated: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.wrong = "";
    this.title = "";
  }

  setConfig(config: Config): void {
    if (!config.entity) throw new Error("Choose an entity.");
    this.config = config;
    this.latest = undefined;
    this.#updated = undefined;
  }

  set hass(hass: Hass) {
    const first = this.#hass === undefined;
    this.#hass = hass;
    const { config } = this;
    if (config === undefined) return;
    const state = hass.states[config.entity];
    this.title = config.name || state?.attributes.friendly_name || config.entity;
    if (state?.last_updated !== this.#updated || first) {
      this.#updated = state?.last_updated;
      this.#lookIn(first ? 0 : SOON);
    }
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#hass) this.#lookIn(0);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  #lookIn(delay: number): void {
    clearTimeout(this.#timer);
    if (this.isConnected) this.#timer = setTimeout(() => void this.#look(), delay);
  }

  async #look(): Promise<void> {
    const { config } = this;
    if (config === undefined || this.#hass === undefined) return;
    try {
      const latest = await this.#hass.callWS<Latest | null>({
        type: "iot_blockchain/latest_reading",
        entity_id: config.entity,
      });
      if (config !== this.config) return;
      this.latest = latest;
      this.wrong = "";
    } catch (err) {
      this.wrong = reasonOf(err);
    }
    // What is final stays so, until there is another reading.
    if (this.latest?.status !== "final") this.#lookIn(LATER);
  }

  protected override render() {
    const { config, latest } = this;
    if (config === undefined) return nothing;
    const status = latest?.status;
    return html`<ha-card>
      <button
        ?disabled=${!latest}
        aria-label=${`${this.title}: ${status ? LIFECYCLE[status].title : "no receipt"}`}
        @click=${this.#showReceipt}
      >
        <span class="icon ${status ?? ""}" aria-hidden="true">
          <ha-icon .icon=${status ? ICONS[status] : "mdi:anchor"}></ha-icon>
        </span>
        <span class="text">
          <span class="name"><bdi>${shown(this.title, 80)}</bdi></span>
          ${this.#said()}
        </span>
        ${status ? html`<span class="chip ${status}">${LIFECYCLE[status].title}</span>` : nothing}
      </button>
    </ha-card>`;
  }

  #said() {
    const { latest } = this;
    if (this.wrong) return html`<span class="small wrong">${this.wrong}</span>`;
    if (latest === undefined) return html`<span class="small quiet">Looking…</span>`;
    if (latest === null) return html`<span class="small quiet">Is not recorded in any log</span>`;
    const { time, anchored } = latest;
    const when =
      anchored === null
        ? localTime(Date.parse(time))
        : `anchored ${localTime(Date.parse(anchored))}`;
    return html`<span class="small quiet"><bdi>${shown(said(latest), 60)}</bdi> · ${when}</span>`;
  }

  async #showReceipt(): Promise<void> {
    const { latest } = this;
    if (!latest) return;
    // The verifier is loaded when somebody wants it.
    await import("../panel/elements.ts");
    const dialog = document.createElement("iot-blockchain-receipt-dialog") as ReceiptDialog;
    document.body.append(dialog);
    dialog.addEventListener("closed", () => dialog.remove());
    const log: Log = { ...latest, title: latest.log, origin: "", chain: null };
    const api = new Api(() => this.#hass!, log);
    await dialog.show(`${latest.entity}-${latest.index}`, () =>
      api.receipt({ index: latest.index }),
    );
  }

  getCardSize(): number {
    return 1;
  }

  getGridOptions() {
    return { columns: 12, rows: 1, min_columns: 6, min_rows: 1 };
  }

  static getConfigForm() {
    return {
      schema: [
        { name: "entity", required: true, selector: { entity: {} } },
        { name: "name", selector: { text: {} } },
      ],
    };
  }

  /** Begin with an entity that is recorded, where one may ask which those are. */
  static async getStubConfig(hass: Hass): Promise<Omit<Config, "type">> {
    const recorded = await recordedEntities(hass).catch(() => []);
    const entities = Object.keys(hass.states);
    const entity =
      recorded.find((one) => one in hass.states) ??
      entities.find((one) => one.startsWith("sensor.")) ??
      "";
    return { entity };
  }

  static override styles = [
    theme,
    basics,
    parts,
    css`
      ha-card {
        display: block;
        height: 100%;
        overflow: hidden;
      }
      button {
        all: unset;
        box-sizing: border-box;
        display: flex;
        align-items: center;
        gap: 12px;
        width: 100%;
        height: 100%;
        padding: 10px 12px;
        cursor: pointer;
      }
      button:disabled {
        cursor: default;
      }
      button:focus-visible {
        outline: 2px solid var(--main);
        outline-offset: -2px;
        border-radius: var(--ha-card-border-radius, 12px);
      }
      .icon {
        flex: none;
        display: grid;
        place-items: center;
        width: 36px;
        height: 36px;
        border-radius: 50%;
        color: var(--warn);
        background: var(--warn-surface);
      }
      .icon.final,
      .icon.confirmed {
        color: var(--good);
        background: var(--good-surface);
      }
      .text {
        flex: 1;
        min-width: 0;
        line-height: 1.3;
      }
      .name,
      .text .small {
        display: block;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .name {
        font-weight: 500;
      }
    `,
  ];
}

async function recordedEntities(hass: Hass): Promise<readonly string[]> {
  const [log] = await Api.logs(hass);
  return log ? new Api(() => hass, log).entities() : [];
}
