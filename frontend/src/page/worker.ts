/** Checks receipts away from the page, which so never freezes. */

import {
  checkKnownBlock,
  checkOnChain,
  endpoint,
  failedFormat,
  ReceiptError,
  requireSize,
  verifyOffline,
  type Report,
} from "../verifier/index.ts";
import { checkedOf, rowsOf } from "./checked.ts";
import type { Answer, Question } from "./checker.ts";

/** What was read of each receipt, undefined as long as it is not. */
const reports = new Map<number, Report | undefined>();
let last: Promise<unknown> = Promise.resolve();

self.addEventListener("message", async ({ data }: MessageEvent<Question>) => {
  self.postMessage({ id: data.id, ...(await answered(data).catch(gaveUp)) } satisfies Answer);
});

/** What is no error of the receipt is one of the machine: no memory, or a receipt forgotten. */
function gaveUp(err: unknown): Omit<Answer, "id"> {
  console.error(err);
  return { gaveUp: true };
}

async function answered(question: Question): Promise<Omit<Answer, "id">> {
  switch (question.kind) {
    case "check": {
      const { receipt, file } = question;
      reports.set(receipt, undefined);
      const report = await inTurn(async () => (reports.has(receipt) ? read(file) : undefined));
      // Nobody wants to know of it any more, and it is not to fill the memory.
      if (report === undefined || !reports.has(receipt)) return { gaveUp: true };
      reports.set(receipt, report);
      return { checked: checkedOf(report) };
    }
    case "ask": {
      const report = reports.get(question.receipt)!;
      const endpoints = question.urls.map((url) => ({
        name: new URL(url).host,
        ask: endpoint(url),
      }));
      // The report itself stays as it is offline: who asks again begins anew.
      const { known } = question;
      const compared = known === undefined ? report : checkKnownBlock(report, known);
      return { checked: checkedOf(await checkOnChain(compared, endpoints)) };
    }
    case "rows":
      return { rows: rowsOf(reports.get(question.receipt)!, question.from, question.count) };
    case "forget":
      reports.delete(question.receipt);
      return {};
  }
}

/** Work when what was begun before is done: of many files, only one at a time is in memory whole. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = last.then(work);
  last = result.catch(() => undefined);
  return result;
}

async function read(file: Blob): Promise<Report> {
  try {
    requireSize(file.size);
    return await verifyOffline(new Uint8Array(await file.arrayBuffer()));
  } catch (err) {
    if (err instanceof DOMException) {
      return failedFormat(new ReceiptError("The browser cannot read this file."));
    }
    return failedFormat(err);
  }
}
