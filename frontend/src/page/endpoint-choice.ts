/** Whom to ask whether the chains hold the anchors: seen before anything is sent, and changed. */

import { css, html, LitElement, nothing } from "lit";

import { basics, controls } from "../components/styles.ts";
import { networkOf } from "./networks.ts";
import { chainOf } from "./words.ts";

/** The endpoints that the reader chose, by the CAIP-2 id of their chain. */
export type Endpoints = ReadonlyMap<string, readonly string[]>;

/** Fired with the endpoints to ask. */
export class AskEvent extends Event {
  readonly endpoints: Endpoints;

  constructor(endpoints: Endpoints) {
    super("ask", { bubbles: true, composed: true });
    this.endpoints = endpoints;
  }
}

const PLACES = ["RPC endpoint", "A second one, of another operator (optional)"];

export class EndpointChoice extends LitElement {
  static override properties = {
    chains: { attribute: false },
    asking: { type: Boolean },
    asked: { type: Boolean },
    wrong: { state: true },
  };
  declare chains: readonly string[];
  declare asking: boolean;
  /** Whether the chains were asked, so that going back makes sense. */
  declare asked: boolean;
  declare wrong: ReadonlySet<string>;

  readonly #typed = new Map<string, string>();

  constructor() {
    super();
    this.chains = [];
    this.asking = false;
    this.asked = false;
    this.wrong = new Set();
  }

  protected override render() {
    return html`
      <h2>Ask the chain</h2>
      <p class="quiet small">
        Nothing leaves this browser before you ask. An endpoint then learns your internet address
        and which transaction you ask for, but no reading. One that lies could show an anchor that
        does not exist: for what matters, ask two.
      </p>
      <form @submit=${this.#submit} novalidate>
        ${this.chains.map((chain, index) => this.#chain(chain, index))}
        <div class="row">
          <button class="main" ?disabled=${this.asking}>
            ${this.asking ? "Asking…" : "Ask the chain"}
          </button>
          <button type="button" ?disabled=${this.asking || !this.asked} @click=${this.#offline}>
            Check offline only
          </button>
        </div>
      </form>
    `;
  }

  #chain(chain: string, chainIndex: number) {
    return html`<fieldset>
      <legend>${chainOf(chain)}</legend>
      ${PLACES.map((label, place) => {
        const id = `endpoint-${chainIndex}-${place}`;
        const key = keyOf(chain, place);
        const wrong = this.wrong.has(key);
        return html`<div>
          <label for=${id}>${label}</label>
          <input
            id=${id}
            type="url"
            inputmode="url"
            autocomplete="off"
            spellcheck="false"
            placeholder="https://"
            .value=${this.#value(chain, place)}
            aria-invalid=${wrong}
            aria-describedby=${wrong ? `${id}-wrong` : nothing}
            @input=${(event: InputEvent) =>
              this.#typed.set(key, (event.target as HTMLInputElement).value)}
          />
          ${
            wrong
              ? html`<p class="wrong small" id=${`${id}-wrong`}>
                  This is not the address of an endpoint. It begins with https:// or http://.
                </p>`
              : nothing
          }
        </div>`;
      })}
    </fieldset>`;
  }

  #value(chain: string, place: number): string {
    const preset = place === 0 ? networkOf(chain)?.rpc : undefined;
    return this.#typed.get(keyOf(chain, place)) ?? preset ?? "";
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const wrong = new Set<string>();
    const endpoints = new Map<string, readonly string[]>();
    for (const chain of this.chains) {
      const urls: string[] = [];
      for (const place of PLACES.keys()) {
        const text = this.#value(chain, place).trim();
        if (isUrl(text)) urls.push(text);
        else if (text !== "" || place === 0) wrong.add(keyOf(chain, place));
      }
      endpoints.set(chain, [...new Set(urls)]);
    }
    this.wrong = wrong;
    if (wrong.size === 0) this.dispatchEvent(new AskEvent(endpoints));
    else void this.updateComplete.then(() => this.#firstWrong()?.focus());
  }

  #firstWrong(): HTMLElement | null {
    return this.renderRoot.querySelector('[aria-invalid="true"]');
  }

  #offline(): void {
    this.dispatchEvent(new AskEvent(new Map()));
  }

  static override styles = [
    basics,
    controls,
    css`
      h2 {
        font-size: 1.15rem;
      }
      form {
        display: grid;
        gap: 1rem;
        margin-top: 0.75rem;
      }
      fieldset {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(18rem, 100%), 1fr));
        gap: 0.75rem 1rem;
        border: 0;
        margin: 0;
        padding: 0;
      }
      legend {
        padding: 0;
        margin-bottom: 0.5rem;
        font-weight: 600;
      }
      label {
        font-size: 0.9rem;
      }
      .wrong {
        color: var(--bad);
        margin-top: 0.25rem;
      }
    `,
  ];
}

function keyOf(chain: string, place: number): string {
  return `${chain} ${place}`;
}

function isUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
