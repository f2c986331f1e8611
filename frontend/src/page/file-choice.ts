/** Where files are dropped, chosen, or their text pasted. */

import { css, html, LitElement } from "lit";

import { basics, controls } from "../components/styles.ts";

/** Fired with files to check. */
export class FilesEvent extends Event {
  readonly files: readonly File[];

  constructor(files: readonly File[]) {
    super("files", { bubbles: true, composed: true });
    this.files = files;
  }
}

export class FileChoice extends LitElement {
  static override properties = { small: { type: Boolean }, over: { state: true } };
  /** Whether to take little room: there are files already. */
  declare small: boolean;
  declare over: boolean;

  constructor() {
    super();
    this.small = false;
    this.over = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Wherever on the page something is dropped or pasted, it is meant for this.
    document.addEventListener("dragover", this.#dragged);
    document.addEventListener("dragleave", this.#left);
    document.addEventListener("drop", this.#dropped);
    document.addEventListener("paste", this.#pasted);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener("dragover", this.#dragged);
    document.removeEventListener("dragleave", this.#left);
    document.removeEventListener("drop", this.#dropped);
    document.removeEventListener("paste", this.#pasted);
  }

  readonly #dragged = (event: DragEvent): void => {
    event.preventDefault();
    this.over = true;
  };

  readonly #left = (event: DragEvent): void => {
    if (event.relatedTarget === null) this.over = false;
  };

  readonly #dropped = (event: DragEvent): void => {
    event.preventDefault();
    this.over = false;
    this.#take(event.dataTransfer);
  };

  readonly #pasted = (event: ClipboardEvent): void => {
    const [target] = event.composedPath();
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return;
    this.#take(event.clipboardData);
  };

  #take(data: DataTransfer | null): void {
    const text = data?.getData("text/plain") ?? "";
    if (data?.files.length) this.#fire([...data.files]);
    else if (text.trim()) this.#fire([textFile(text)]);
  }

  #fire(files: readonly File[]): void {
    this.dispatchEvent(new FilesEvent(files));
  }

  protected override render() {
    return html`
      <div class="target ${this.over ? "over" : ""} ${this.small ? "small-target" : ""}">
        <p class="ask">${this.small ? "Drop more receipts here" : "Drop receipts here"}</p>
        <div class="row">
          <label class="button main" for="files">Choose files</label>
          <input
            class="hidden"
            id="files"
            type="file"
            multiple
            accept=".json,application/json,application/vnd.iot-blockchain.receipt+json"
            @change=${this.#chosen}
          />
        </div>
        <p class="quiet small">They stay in this browser.</p>
      </div>
      <details>
        <summary>Paste the text of a receipt instead</summary>
        <form @submit=${this.#submitted}>
          <label for="text">Text of the receipt</label>
          <textarea id="text" rows="6" spellcheck="false" autocomplete="off"></textarea>
          <button>Verify</button>
        </form>
      </details>
    `;
  }

  #chosen(event: Event): void {
    const input = event.target as HTMLInputElement;
    if (input.files?.length) this.#fire([...input.files]);
    input.value = ""; // the same file can be chosen again
  }

  #submitted(event: SubmitEvent): void {
    event.preventDefault();
    const area = this.renderRoot.querySelector("textarea")!;
    this.#fire([textFile(area.value)]);
    area.value = "";
  }

  static override styles = [
    basics,
    controls,
    css`
      .target {
        display: grid;
        justify-items: center;
        gap: 0.75rem;
        padding: 2rem 1rem;
        border: 2px dashed var(--line-strong);
        border-radius: 0.75rem;
        background: var(--surface);
        text-align: center;
      }
      .small-target {
        grid-auto-flow: column;
        justify-content: center;
        align-items: center;
        gap: 1.25rem;
        padding: 0.75rem 1rem;
      }
      .small-target .ask {
        font-size: 1rem;
      }
      .small-target .quiet {
        display: none;
      }
      .over {
        border-color: var(--main);
        background: var(--surface-2);
      }
      .ask {
        font-size: 1.15rem;
        font-weight: 600;
      }
      label.button {
        display: inline-flex;
        align-items: center;
        margin: 0;
      }
      .row:focus-within label {
        outline: 3px solid var(--focus);
        outline-offset: 2px;
      }
      details {
        margin-top: 0.75rem;
      }
      summary {
        cursor: pointer;
        padding: 0.5rem 0;
        color: var(--link);
      }
      form {
        display: grid;
        gap: 0.5rem;
        justify-items: start;
      }
      textarea {
        font-family: var(--mono);
        font-size: 0.86rem;
      }
    `,
  ];
}

function textFile(text: string): File {
  return new File([text], "Pasted text", { type: "application/json" });
}
