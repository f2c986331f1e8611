/** One receipt: verified here in the browser, to be downloaded or passed on. */

import { css, html, LitElement, nothing } from "lit";

import { basics, controls } from "../components/styles.ts";
import type { Checked } from "../page/checked.ts";
import { Checker, GaveUpError } from "../page/checker.ts";
import type { KnownBlockEvent } from "../page/block-choice.ts";
import type { AskEvent } from "../page/endpoint-choice.ts";
import type { MadeReceipt } from "./api.ts";
import { alert, button, closeButton } from "./controls.ts";
import { reasonOf } from "./hass.ts";
import { leftOut } from "./shown.ts";
import { parts, theme } from "./styles.ts";

export class ReceiptDialog extends LitElement {
  static override properties = {
    name: { state: true },
    file: { state: true },
    waiting: { state: true },
    checked: { state: true },
    asked: { state: true },
    asking: { state: true },
    gaveUp: { state: true },
    wrong: { state: true },
  };
  /** What the file is called, without its ending. */
  declare name: string;
  declare file: File | undefined;
  /** How many readings of its period are not in it. */
  declare waiting: number;
  declare checked: Checked | undefined;
  declare asked: boolean;
  declare asking: boolean;
  declare gaveUp: boolean;
  declare wrong: string;

  #checker = new Checker();
  /** Counts what was shown, so that nothing comes late: the checker knows a receipt by it. */
  #shown = 0;
  /** The hash of the block that the reader says the chain holds. */
  #known: string | undefined;

  constructor() {
    super();
    this.name = "";
    this.#forget();
  }

  /** Show a receipt, as soon as it is there. */
  async show(name: string, made: () => Promise<MadeReceipt>): Promise<void> {
    this.#forget();
    const shown = ++this.#shown;
    this.name = name.replaceAll(/[^\w.-]/g, "_");
    await this.updateComplete;
    this.#dialog.showModal();
    try {
      const { receipt, waiting = 0 } = await made();
      if (shown !== this.#shown) return;
      const text = JSON.stringify(receipt, undefined, 2);
      this.waiting = waiting;
      this.file = new File([text], `receipt-${this.name}.json`, { type: "application/json" });
      await this.#check(shown, () => this.#checker.check(shown, this.file!));
    } catch (err) {
      if (shown === this.#shown) this.wrong = reasonOf(err);
    }
  }

  async #check(shown: number, check: () => Promise<Checked>): Promise<void> {
    try {
      const checked = await check();
      if (shown === this.#shown) this.checked = checked;
    } catch (err) {
      if (!(err instanceof GaveUpError)) throw err;
      if (shown === this.#shown) this.gaveUp = true;
    }
  }

  #forget(): void {
    if (this.file) void this.#checker.forget(this.#shown).catch(() => undefined);
    this.#shown++;
    this.#known = undefined;
    this.file = undefined;
    this.waiting = 0;
    this.checked = undefined;
    this.asked = this.asking = this.gaveUp = false;
    this.wrong = "";
  }

  #closed(): void {
    this.#forget();
    this.dispatchEvent(new Event("closed"));
  }

  get #dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector("dialog")!;
  }

  protected override render() {
    const { file, checked } = this;
    const anchor = checked?.anchor;
    return html`<dialog aria-labelledby="title" @close=${this.#closed}>
      <header>
        <h2 id="title">Receipt</h2>
        ${closeButton(() => this.#dialog.close())}
      </header>
      ${
        this.wrong
          ? alert(this.wrong)
          : file === undefined
            ? html`<p class="quiet" role="status">Making the receipt…</p>`
            : html`
                <div class="row">
                  ${button("Download", { main: true, press: () => this.#download(file) })}
                  ${
                    shareable(file)
                      ? button("Share…", { press: () => void this.#share(file) })
                      : nothing
                  }
                </div>
                <p class="quiet small">
                  Whoever gets it sees the readings in it, and can check it without this house: with
                  <a href="/iot_blockchain/verify.html" target="_blank">this page</a>, which is a
                  single file, or with the command.
                </p>
                ${this.waiting ? html`<p role="status">${leftOut(this.waiting)}</p>` : nothing}
                <iot-blockchain-receipt-report
                  .name=${file.name}
                  .fixed=${true}
                  .checked=${checked}
                  .gaveUp=${this.gaveUp}
                  .rows=${(from: number, count: number) =>
                    this.#checker.rows(this.#shown, from, count)}
                  @known-block=${this.#know}
                ></iot-blockchain-receipt-report>
                ${
                  anchor
                    ? html`<iot-blockchain-endpoint-choice
                        .chains=${[anchor.chain]}
                        .asking=${this.asking}
                        .asked=${this.asked}
                        @ask=${this.#ask}
                      ></iot-blockchain-endpoint-choice>`
                    : nothing
                }
              `
      }
    </dialog>`;
  }

  async #ask({ endpoints }: AskEvent): Promise<void> {
    const shown = this.#shown;
    const urls = [...endpoints.values()].flat();
    this.asking = true;
    let known: string | undefined;
    do {
      known = this.#known;
      await this.#check(shown, () => this.#checker.ask(shown, urls, known));
      if (shown !== this.#shown) return;
      // While a node was slow, the reader may have named a block.
    } while (known !== this.#known);
    this.asking = false;
    this.asked = urls.length > 0;
    this.#showVerdict();
  }

  /** Check anew, without asking anybody, with the hash that the reader knows, if any. */
  async #know({ hash }: KnownBlockEvent): Promise<void> {
    const shown = this.#shown;
    this.#known = hash;
    this.asked = false;
    await this.#check(shown, () => this.#checker.ask(shown, [], hash));
    if (shown === this.#shown) this.#showVerdict();
  }

  #showVerdict(): void {
    // What is said now stands above.
    this.#dialog.scrollTo({ top: 0 });
  }

  #download(file: File): void {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = file.name;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  async #share(file: File): Promise<void> {
    try {
      await navigator.share({ files: [shareable(file)!] });
    } catch (err) {
      // Who changes their mind is told nothing.
      if ((err as Error).name !== "AbortError") this.#download(file);
    }
  }

  static override styles = [
    theme,
    basics,
    controls,
    parts,
    css`
      dialog {
        box-sizing: border-box;
        width: min(56rem, calc(100vw - 2rem));
        max-height: calc(100dvh - 2rem);
        overflow: auto;
        border: 0;
        border-radius: var(--ha-dialog-border-radius, 24px);
        padding: 0 1.5rem 1.5rem;
        background: var(--page);
        color: var(--text);
        box-shadow: 0 8px 40px rgb(0 0 0 / 40%);
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 50%);
      }
      header {
        position: sticky;
        top: 0;
        z-index: 1;
        display: flex;
        justify-content: space-between;
        align-items: center;
        padding: 0.75rem 0;
        background: var(--page);
      }
      h2 {
        font-size: 1.4rem;
        margin: 0;
      }
      .small {
        margin: 0.5rem 0 1rem;
      }
      iot-blockchain-endpoint-choice {
        margin-top: 1.25rem;
        background: var(--surface);
        border: 1px solid var(--line);
        border-radius: 0.75rem;
        padding: 1.25rem;
      }
      @media (max-width: 40rem) {
        dialog {
          width: 100vw;
          max-width: 100vw;
          height: 100dvh;
          max-height: 100dvh;
          border-radius: 0;
          padding: 0 0.75rem 1rem;
        }
      }
    `,
  ];
}

/** The file in a form that this browser passes on to other programs, if there is one. */
function shareable(file: File): File | undefined {
  // Some browsers pass no JSON on, but text. A verifier takes the one for the other.
  const text = new File([file], `${file.name}.txt`, { type: "text/plain" });
  return [file, text].find((one) => navigator.canShare?.({ files: [one] }));
}
