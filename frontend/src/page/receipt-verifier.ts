/** The page: receipts in, verdicts out. */

import { css, html, LitElement, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { basics } from "../components/styles.ts";
import { counted, shown } from "../components/text.ts";
import type { Checked } from "./checked.ts";
import { Checker, GaveUpError } from "./checker.ts";
import type { KnownBlockEvent } from "./block-choice.ts";
import type { AskEvent, Endpoints } from "./endpoint-choice.ts";
import type { FilesEvent } from "./file-choice.ts";
import { titleOf } from "./words.ts";

interface Item {
  readonly id: number;
  readonly name: string;
  readonly checked?: Checked;
  /** The hash of the block that the reader says the chain holds. */
  readonly known?: string;
  /** Whether the chain was asked. */
  readonly asked?: boolean;
  /** Whether the browser could not go on. */
  readonly gaveUp?: boolean;
}

const MOST = 100;
export class ReceiptVerifier extends LitElement {
  static override properties = {
    items: { state: true },
    asking: { state: true },
    notice: { state: true },
  };
  declare items: readonly Item[];
  declare asking: boolean;
  declare notice: string;

  readonly #checker = new Checker();
  #last = 0;

  constructor() {
    super();
    this.items = [];
    this.asking = false;
    this.notice = "";
  }

  protected override render() {
    const { items } = this;
    const anchors = items.flatMap(({ checked }) => checked?.anchor ?? []);
    const chains = [...new Set(anchors.map(({ chain }) => chain))];
    const asked = items.some((item) => item.asked);
    return html`
      <file-choice .small=${items.length > 0} @files=${this.#add}></file-choice>
      <p class="notice ${this.notice ? "" : "hidden"}" role="status">${this.notice}</p>
      ${items.length > 1 ? this.#summary() : nothing}
      ${
        chains.length
          ? html`<iot-blockchain-endpoint-choice
              .chains=${chains}
              .asking=${this.asking}
              .asked=${asked}
              @ask=${this.#ask}
            ></iot-blockchain-endpoint-choice>`
          : nothing
      }
      ${repeat(
        items,
        ({ id }) => id,
        ({ id, name, checked, gaveUp }) =>
          html`<iot-blockchain-receipt-report
            id=${`receipt-${id}`}
            .name=${name}
            .checked=${checked}
            .gaveUp=${gaveUp ?? false}
            .rows=${(from: number, count: number) =>
              this.#unlessGivenUp(id, this.#checker.rows(id, from, count))}
            @remove=${() => this.#remove(id)}
            @known-block=${({ hash }: KnownBlockEvent) => this.#know(id, hash)}
          ></iot-blockchain-receipt-report>`,
      )}
    `;
  }

  #summary() {
    return html`<nav class="summary" aria-label="Receipts">
      <h2>${counted(this.items.length, "receipt")}</h2>
      <ul>
        ${this.items.map(
          (item) =>
            html`<li>
              <a
                href=${`#receipt-${item.id}`}
                @click=${(event: Event) => this.#goTo(event, item.id)}
                ><bdi>${shown(item.name, 60)}</bdi></a
              >
              <span class=${item.checked?.verdict ?? ""}>${stateOf(item)}</span>
            </li>`,
        )}
      </ul>
    </nav>`;
  }

  #goTo(event: Event, id: number): void {
    event.preventDefault();
    this.renderRoot.querySelector(`#receipt-${id}`)?.scrollIntoView();
  }

  async #add({ files }: FilesEvent): Promise<void> {
    const room = MOST - this.items.length;
    const added = files.slice(0, room).map((file) => ({ id: ++this.#last, name: file.name, file }));
    this.items = [...this.items, ...added.map(({ id, name }) => ({ id, name }))];
    this.notice = "Checking…";
    await Promise.all(
      added.map(async ({ id, file }) => {
        const checked = await this.#unlessGivenUp(id, this.#checker.check(id, file));
        if (checked) this.#replace(id, (item) => ({ ...item, checked }));
      }),
    );
    const left = files.length - added.length;
    const more = left ? ` ${counted(left, "file")} left out: ${MOST} at a time.` : "";
    this.#tell(
      added.map(({ id }) => id),
      more,
    );
  }

  async #ask({ endpoints }: AskEvent): Promise<void> {
    this.asking = true;
    this.notice = endpoints.size ? "Asking the chain…" : "";
    const ids = this.items.flatMap(({ id, checked }) => (checked?.anchor ? [id] : []));
    await Promise.all(ids.map((id) => this.#askFor(id, endpoints)));
    this.asking = false;
    this.#tell(ids);
  }

  async #askFor(id: number, endpoints: Endpoints): Promise<void> {
    const item = this.#item(id);
    if (item?.checked?.anchor === undefined) return;
    const urls = endpoints.get(item.checked.anchor.chain);
    if (urls === undefined) {
      await this.#know(id, item.known);
      return;
    }
    const checked = await this.#unlessGivenUp(id, this.#checker.ask(id, urls, item.known));
    if (!checked) return;
    // While a node was slow, the reader may have named a block.
    if (this.#item(id)?.known !== item.known) await this.#askFor(id, endpoints);
    else this.#replace(id, (now) => ({ ...now, checked, asked: true }));
  }

  /** Check anew, without asking anybody, with the hash that the reader knows, if any. */
  async #know(id: number, known: string | undefined): Promise<void> {
    const checked = await this.#unlessGivenUp(id, this.#checker.ask(id, [], known));
    if (!checked) return;
    this.#replace(id, ({ name }) => ({ id, name, checked, ...(known && { known }) }));
    this.#tell([id]);
  }

  #remove(id: number): void {
    this.items = this.items.filter((item) => item.id !== id);
    this.notice = "Removed.";
    void this.#unlessGivenUp(id, this.#checker.forget(id));
  }

  async #unlessGivenUp<T>(id: number, answer: Promise<T>): Promise<T | undefined> {
    try {
      return await answer;
    } catch (err) {
      if (!(err instanceof GaveUpError)) throw err;
      this.#replace(id, ({ name }) => ({ id, name, gaveUp: true }));
      return undefined;
    }
  }

  #item(id: number): Item | undefined {
    return this.items.find((item) => item.id === id);
  }

  #replace(id: number, change: (item: Item) => Item): void {
    this.items = this.items.map((item) => (item.id === id ? change(item) : item));
  }

  /** Tell what came of it, also to who listens. */
  #tell(ids: readonly number[], more = ""): void {
    const told = this.items
      .filter(({ id }) => ids.includes(id))
      .slice(0, 5)
      .map((item) => `${shown(item.name, 40)}: ${stateOf(item)}.`);
    const others = ids.length > told.length ? ` And ${ids.length - told.length} more below.` : "";
    this.notice = told.join(" ") + others + more;
  }

  static override styles = [
    basics,
    css`
      :host {
        display: grid;
        gap: 1.25rem;
      }
      .notice {
        font-weight: 500;
        overflow-wrap: anywhere;
      }
      .summary,
      iot-blockchain-endpoint-choice {
        background: var(--surface);
        border: 1px solid var(--line);
        border-radius: 0.75rem;
        padding: 1.25rem;
      }
      h2 {
        font-size: 1.15rem;
        margin-bottom: 0.5rem;
      }
      ul {
        list-style: none;
        padding: 0;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0.125rem 1rem;
        padding: 0.3rem 0;
      }
      .anchored {
        color: var(--good);
      }
      .unchecked,
      .not_anchored {
        color: var(--warn);
      }
      .invalid {
        color: var(--bad);
        font-weight: 600;
      }
      @media print {
        iot-blockchain-receipt-report + iot-blockchain-receipt-report {
          break-before: page;
        }
        file-choice,
        iot-blockchain-endpoint-choice,
        .notice,
        .summary {
          display: none;
        }
      }
    `,
  ];
}

function stateOf({ checked, gaveUp }: Item): string {
  if (gaveUp) return "Not checked";
  return checked ? titleOf(checked) : "Checking…";
}
