/**
 * Names the elements that a receipt is shown with. The panel and the card share them, and all that
 * a house has installed shares one list of names: ours begin with the name of the integration.
 */

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

name("iot-blockchain-qr-code", QrCode);
name("iot-blockchain-readings-chart", ReadingsChart);
name("iot-blockchain-readings-table", ReadingsTable);
name("iot-blockchain-receipt-steps", ReceiptSteps);
name("iot-blockchain-block-choice", BlockChoice);
name("iot-blockchain-endpoint-choice", EndpointChoice);
name("iot-blockchain-receipt-facts", ReceiptFacts);
name("iot-blockchain-receipt-report", ReceiptReport);
name("iot-blockchain-receipt-dialog", ReceiptDialog);
