/** The page's side of the worker. */

import type { Checked, Row } from "./checked.ts";
import Worker from "./worker.ts?worker&inline";

export type Question = { readonly id: number; readonly receipt: number } & (
  | { readonly kind: "check"; readonly file: Blob }
  | { readonly kind: "ask"; readonly urls: readonly string[]; readonly known?: string }
  | { readonly kind: "rows"; readonly from: number; readonly count: number }
  | { readonly kind: "forget" }
);

export interface Answer {
  readonly id: number;
  readonly checked?: Checked;
  readonly rows?: readonly Row[];
  readonly gaveUp?: boolean;
}

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;

/** The worker gave up, most likely because a file took all the memory that it may have. */
export class GaveUpError extends Error {}

/** Checks receipts, each under a number that the caller gives it. */
export class Checker {
  #worker: Worker | undefined;
  #last = 0;
  readonly #waiting = new Map<
    number,
    { resolve: (answer: Answer) => void; reject: (err: Error) => void }
  >();

  /** Check a file as far as that goes without a chain. @throws GaveUpError */
  async check(receipt: number, file: Blob): Promise<Checked> {
    return (await this.#ask({ kind: "check", receipt, file })).checked!;
  }

  /**
   * Check a receipt that was checked, this time with the chain, and with the hash of a block that
   * the reader knows. @throws GaveUpError
   */
  async ask(receipt: number, urls: readonly string[], known?: string): Promise<Checked> {
    return (await this.#ask({ kind: "ask", receipt, urls, ...(known && { known }) })).checked!;
  }

  /** Get some entries of a receipt. @throws GaveUpError */
  async rows(receipt: number, from: number, count: number): Promise<readonly Row[]> {
    return (await this.#ask({ kind: "rows", receipt, from, count })).rows!;
  }

  /** Let go of a receipt. */
  async forget(receipt: number): Promise<void> {
    await this.#ask({ kind: "forget", receipt });
  }

  #ask(question: WithoutId<Question>): Promise<Answer> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#running().postMessage({ ...question, id });
    });
  }

  #running(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker();
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => {
      const waiting = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.gaveUp) waiting?.reject(new GaveUpError());
      else waiting?.resolve(data);
    });
    const ended = () => {
      worker.terminate();
      this.#worker = undefined;
      for (const { reject } of this.#waiting.values()) reject(new GaveUpError());
      this.#waiting.clear();
    };
    worker.addEventListener("error", ended);
    worker.addEventListener("messageerror", ended);
    this.#worker = worker;
    return worker;
  }
}
