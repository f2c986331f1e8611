/** Names the elements of the page. */

import { QrCode } from "../components/qr-code.ts";
import { ReadingsChart } from "../components/readings-chart.ts";
import { ReadingsTable } from "../components/readings-table.ts";
import { ReceiptSteps } from "../components/receipt-steps.ts";
import { BlockChoice } from "./block-choice.ts";
import { EndpointChoice } from "./endpoint-choice.ts";
import { FileChoice } from "./file-choice.ts";
import { ReceiptFacts } from "./receipt-facts.ts";
import { ReceiptReport } from "./receipt-report.ts";
import { ReceiptVerifier } from "./receipt-verifier.ts";

customElements.define("qr-code", QrCode);
customElements.define("readings-chart", ReadingsChart);
customElements.define("readings-table", ReadingsTable);
customElements.define("receipt-steps", ReceiptSteps);
customElements.define("block-choice", BlockChoice);
customElements.define("endpoint-choice", EndpointChoice);
customElements.define("file-choice", FileChoice);
customElements.define("receipt-facts", ReceiptFacts);
customElements.define("receipt-report", ReceiptReport);
customElements.define("receipt-verifier", ReceiptVerifier);
