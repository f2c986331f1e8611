/** Names the elements that a receipt is shown with. The panel and the card share them. */

import { QrCode } from "../components/qr-code.ts";
import { ReadingsChart } from "../components/readings-chart.ts";
import { ReadingsTable } from "../components/readings-table.ts";
import { ReceiptSteps } from "../components/receipt-steps.ts";
import { BlockChoice } from "../page/block-choice.ts";
import { EndpointChoice } from "../page/endpoint-choice.ts";
import { ReceiptFacts } from "../page/receipt-facts.ts";
import { ReceiptReport } from "../page/receipt-report.ts";
import { ReceiptDialog } from "./receipt-dialog.ts";

/** Name an element, unless that was done: a page can load a module of this twice. */
export function name(tag: string, element: CustomElementConstructor): void {
  if (customElements.get(tag) === undefined) customElements.define(tag, element);
}

name("qr-code", QrCode);
name("readings-chart", ReadingsChart);
name("readings-table", ReadingsTable);
name("receipt-steps", ReceiptSteps);
name("block-choice", BlockChoice);
name("endpoint-choice", EndpointChoice);
name("receipt-facts", ReceiptFacts);
name("receipt-report", ReceiptReport);
name("receipt-dialog", ReceiptDialog);
