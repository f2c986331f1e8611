/** The hash of the anchor's block, from a reader who needs no endpoint because he knows it. */

import { css, html, LitElement, nothing } from "lit";

import { basics, controls } from "../components/styles.ts";
import { grouped } from "../components/text.ts";
import type { Anchor } from "../verifier/index.ts";
import { chainOf } from "./words.ts";

/** Fired with the hash that the reader knows, or with none once it is taken away. */
export class KnownBlockEvent extends Event {
  readonly hash: string | undefined;

  constructor(hash: string | undefined) {
    super("known-block", { bubbles: true, composed: true });
    this.hash = hash;
  }
}

const HASH = /^(?:0x)?[0-9a-f]{64}$/i;

export class BlockChoice extends LitElement {
  static override properties = { anchor: { attribute: false }, wrong: { state: true } };
  declare anchor: Anchor;
  declare wrong: boolean;

  #told: string | undefined;

  constructor() {
    super();
    this.wrong = false;
  }

  protected override render() {
    const { block_number, chain } = this.anchor;
    return html`
      <label for="block">Or compare with the hash of its block</label>
      <p class="quiet small" id="block-help">
        This receipt carries its block. If you know the hash of block ${grouped(block_number)} of
        ${chainOf(chain)} from a source that you trust, no endpoint needs to be asked.
      </p>
      <input
        id="block"
        autocomplete="off"
        spellcheck="false"
        placeholder="0x"
        aria-invalid=${this.wrong}
        aria-describedby=${this.wrong ? "block-wrong" : "block-help"}
        @input=${({ target }: InputEvent) => this.#read(target as HTMLInputElement, false)}
        @change=${({ target }: Event) => this.#read(target as HTMLInputElement, true)}
      />
      ${
        this.wrong
          ? html`<p class="wrong small" id="block-wrong">
              This is not the hash of a block. It has 64 digits or letters from a to f.
            </p>`
          : nothing
      }
    `;
  }

  /** Take the hash as soon as it is whole, and say what is wrong once the reader is done. */
  #read({ value }: HTMLInputElement, done: boolean): void {
    const text = value.trim();
    const hash = HASH.test(text) ? text : undefined;
    this.wrong = (done || this.wrong) && text !== "" && hash === undefined;
    if (hash === this.#told) return;
    this.#told = hash;
    this.dispatchEvent(new KnownBlockEvent(hash));
  }

  static override styles = [
    basics,
    controls,
    css`
      :host {
        display: block;
        max-width: 44rem;
      }
      label {
        font-size: 0.9rem;
      }
      .small {
        margin-bottom: 0.25rem;
      }
      .wrong {
        color: var(--bad);
        margin-top: 0.25rem;
      }
      @media print {
        :host {
          display: none;
        }
      }
    `,
  ];
}
