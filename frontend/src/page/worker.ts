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

const reports = new Map<number, Report>();

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
      const report = await read(question.file);
      reports.set(question.receipt, report);
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
