/** Where a log stands, at a glance. */

import { css, html, LitElement, nothing } from "lit";

import { basics, controls } from "../components/styles.ts";
import { counted, grouped, localTime } from "../components/text.ts";
import type { Api, Status } from "./api.ts";
import { alert, button, card } from "./controls.ts";
import { reasonOf } from "./hass.ts";
import { fromNow, LIFECYCLE, money } from "./shown.ts";
import { parts } from "./styles.ts";

const TICK = 30_000;

export class LogState extends LitElement {
  static override properties = {
    api: { attribute: false },
    status: { attribute: false },
    asking: { state: true },
    said: { state: true },
    now: { state: true },
  };
  declare api: Api;
  declare status: Status | undefined;
  declare asking: boolean;
  declare said: string;
  declare now: number;

  #clock: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    this.asking = false;
    this.said = "";
    this.now = Date.now();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#clock = setInterval(() => (this.now = Date.now()), TICK);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
  }

  protected override render() {
    const { status } = this;
    return card(
      this.api.log.title,
      status === undefined ? html`<p class="quiet">Looking…</p>` : this.#facts(status),
    );
  }

  #facts(status: Status) {
    const { chain } = this.api.log;
    return html`
      ${
        status.problem === null
          ? nothing
          : alert(
              html`Nothing is anchored for now; all is recorded. The
                <a href="/config/repairs">repairs</a> of Home Assistant say what to do.`,
              "warning",
            )
      }
      <dl>
        ${fact("Recorded", counted(status.recorded, "reading"))}
        ${fact("Waiting", counted(status.waiting, "reading"))}
        ${fact("Last anchor", this.#last(status))} ${fact("Next anchor", this.#next(status))}
        ${chain === null ? nothing : this.#costs(status, chain.currency)}
        ${fact(
          "Network",
          chain === null
            ? "None chosen yet: nothing is anchored."
            : `${chain.name}${chain.testnet ? ", a test network" : ""}`,
        )}
      </dl>
      <div class="row">
        ${
          chain === null
            ? nothing
            : button("Anchor now", {
                main: true,
                disabled: this.asking,
                press: () => void this.#anchor(),
              })
        }
        <span role="status" class="quiet small">${this.said}</span>
      </div>
    `;
  }

  #costs(status: Status, currency: string) {
    const left = status.anchors_left;
    const balance = status.balance === null ? "Not known now" : money(status.balance, currency);
    return html`
      ${fact(
        "Balance",
        balance,
        left === null
          ? undefined
          : `enough for ${grouped(left)} ${left === 1 ? "anchor" : "anchors"}`,
      )}
      ${fact(
        "Cost",
        status.spent_today === null ? "–" : `${money(status.spent_today, currency)} in 24 hours`,
        status.last_cost === null
          ? undefined
          : `the last transaction ${money(status.last_cost, currency)}`,
      )}
    `;
  }

  #last({ last_anchored: last, anchor_status: at }: Status) {
    if (last === null) return "None yet";
    // Where another one is due or on its way, this is not its status.
    const known = at === "confirmed" || at === "final";
    return html`${this.#moment(last)}
    ${known ? html`<span class="chip ${at}">${LIFECYCLE[at].title}</span>` : nothing}`;
  }

  #next({ next, waiting, anchor_status: at }: Status) {
    if (at === "submitted") return "On its way";
    if (this.api.log.chain === null) return "–";
    if (next === null) return waiting ? "–" : "When there are new readings";
    if (Date.parse(next) <= this.now) return "Due now";
    return this.#moment(next) ?? "–";
  }

  #moment(time: string | null) {
    if (time === null) return undefined;
    const at = Date.parse(time);
    return html`<span title=${localTime(at)}>${fromNow(at, this.now)}</span>`;
  }

  async #anchor(): Promise<void> {
    this.asking = true;
    this.said = "Asking…";
    try {
      await this.api.anchorNow();
      this.said = "An anchor is due now. It takes from seconds to minutes.";
    } catch (err) {
      this.said = reasonOf(err);
    }
    this.asking = false;
  }

  static override styles = [
    basics,
    controls,
    parts,
    css`
      h2 {
        overflow-wrap: anywhere;
      }
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr));
        gap: 0.875rem 1.25rem;
        margin-bottom: 1rem;
      }
      dt {
        color: var(--quiet);
        font-size: 0.86rem;
      }
      dd {
        margin: 0;
        overflow-wrap: anywhere;
      }
      dd .small {
        display: block;
      }
    `,
  ];
}

function fact(name: string, value: unknown, more?: string) {
  return html`<div>
    <dt>${name}</dt>
    <dd>
      ${value}${more === undefined ? nothing : html`<span class="quiet small">${more}</span>`}
    </dd>
  </div>`;
}
