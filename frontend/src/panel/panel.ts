/** The panel in Home Assistant's sidebar. */

import { css, html, LitElement, nothing } from "lit";

import { basics, controls } from "../components/styles.ts";
import { Api, type Log, type Status } from "./api.ts";
import { alert, menuButton } from "./controls.ts";
import { reasonOf, type Hass } from "./hass.ts";
import type { ReceiptDialog } from "./receipt-dialog.ts";
import type { ReceiptEvent } from "./reading-search.ts";
import { parts, theme } from "./styles.ts";

export class Panel extends LitElement {
  static override properties = {
    logs: { state: true },
    api: { state: true },
    status: { state: true },
    wrong: { state: true },
    dark: { state: true },
  };
  declare logs: readonly Log[] | undefined;
  declare api: Api | undefined;
  declare status: Status | undefined;
  declare wrong: string;
  declare dark: boolean;

  #hass: Hass | undefined;
  /** How far Home Assistant's start was. */
  #began = "";
  #unsubscribe: (() => Promise<void>) | undefined;

  constructor() {
    super();
    this.wrong = "";
    this.dark = false;
  }

  /** Is set by Home Assistant with each change of any state, most of which change nothing here. */
  set hass(hass: Hass) {
    // After a restart, nothing of what was asked for before is told any more.
    const began = hass.config?.state === "RUNNING" && this.#began !== "RUNNING";
    this.#began = hass.config?.state ?? "";
    this.#hass = hass;
    this.dark = hass.themes?.darkMode ?? false;
    if (began) void this.#load(hass);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.api && this.#hass) void this.#choose(this.api.log);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    void this.#leave();
  }

  async #load(hass: Hass): Promise<void> {
    try {
      this.logs = await Api.logs(hass);
      const chosen = this.api?.log.entry_id;
      const log = this.logs.find(({ entry_id }) => entry_id === chosen) ?? this.logs[0];
      this.wrong = "";
      if (log) await this.#choose(log);
    } catch (err) {
      this.wrong = reasonOf(err);
    }
  }

  async #choose(log: Log): Promise<void> {
    await this.#leave();
    const api = new Api(() => this.#hass!, log);
    this.api = api;
    this.status = undefined;
    try {
      const unsubscribe = await api.subscribe((status) => {
        if (api === this.api) this.status = status;
      });
      // In the meantime, it may have been left, or another log chosen.
      if (api === this.api && this.isConnected) this.#unsubscribe = unsubscribe;
      else await unsubscribe();
    } catch (err) {
      this.wrong = reasonOf(err);
    }
  }

  async #leave(): Promise<void> {
    const unsubscribe = this.#unsubscribe;
    this.#unsubscribe = undefined;
    // Where the log was unloaded meanwhile, there is nothing to leave.
    await unsubscribe?.().catch(() => undefined);
  }

  protected override render() {
    return html`<div class=${this.dark ? "dark" : "light"}>
      ${this.#toolbar()}
      <main>${this.#content()}</main>
      <iot-blockchain-receipt-dialog></iot-blockchain-receipt-dialog>
    </div>`;
  }

  #toolbar() {
    return html`<header>
      ${menuButton(() => this.#toggleMenu())}
      <h1>IoT Blockchain</h1>
      ${
        (this.logs?.length ?? 0) > 1
          ? html`<select aria-label="Log" @change=${this.#chosen}>
              ${this.logs!.map(
                ({ title, entry_id }) =>
                  html`<option value=${entry_id} ?selected=${entry_id === this.api?.log.entry_id}>
                    ${title}
                  </option>`,
              )}
            </select>`
          : nothing
      }
    </header>`;
  }

  #content() {
    const { api, status } = this;
    if (this.wrong) return alert(this.wrong);
    if (this.logs === undefined) return html`<p class="quiet" role="status">Looking…</p>`;
    if (this.logs.length === 0) {
      return alert(
        html`No log is loaded now. Look at the
          <a href="/config/integrations/integration/iot_blockchain">integration</a>.`,
        "warning",
      );
    }
    if (api === undefined) return nothing;
    const news = status ? `${status.last_anchored} ${status.anchor_status}` : "";
    return html`
      <iot-blockchain-log-state .api=${api} .status=${status}></iot-blockchain-log-state>
      <iot-blockchain-reading-search
        .api=${api}
        .mark=${`${news} ${(status?.recorded ?? 0) > 0}`}
        @receipt=${this.#showReceipt}
      ></iot-blockchain-reading-search>
      <iot-blockchain-anchor-list .api=${api} .mark=${news}></iot-blockchain-anchor-list>
    `;
  }

  #toggleMenu(): void {
    this.dispatchEvent(new CustomEvent("hass-toggle-menu", { bubbles: true, composed: true }));
  }

  #chosen(event: Event): void {
    const id = (event.target as HTMLSelectElement).value;
    void this.#choose(this.logs!.find(({ entry_id }) => entry_id === id)!);
  }

  #showReceipt({ name, receipt }: ReceiptEvent): void {
    void this.renderRoot
      .querySelector<ReceiptDialog>("iot-blockchain-receipt-dialog")!
      .show(name, receipt);
  }

  static override styles = [
    theme,
    basics,
    controls,
    parts,
    css`
      :host {
        background: var(--page);
        min-height: 100%;
      }
      .dark {
        color-scheme: dark;
      }
      .light {
        color-scheme: light;
      }
      header {
        position: sticky;
        top: 0;
        z-index: 2;
        box-sizing: border-box;
        display: flex;
        align-items: center;
        gap: 0.5rem;
        min-height: var(--header-height, 56px);
        padding: 0 1rem;
        background: var(--app-header-background-color, var(--main));
        color: var(--app-header-text-color, var(--on-main));
        border-bottom: var(--app-header-border-bottom, none);
      }
      h1 {
        flex: 1;
        margin: 0;
        font-size: var(--ha-font-size-xl, 1.25rem);
        font-weight: 400;
      }
      header select {
        width: auto;
        max-width: 50%;
      }
      ha-menu-button {
        margin-inline-start: -0.5rem;
      }
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 16px;
        max-width: 66rem;
        margin: 0 auto;
        padding: 16px;
      }
      @media (max-width: 40rem) {
        main {
          padding: 8px;
          gap: 8px;
        }
      }
    `,
  ];
}
