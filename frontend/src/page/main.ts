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

customElements.define("iot-blockchain-qr-code", QrCode);
customElements.define("iot-blockchain-readings-chart", ReadingsChart);
customElements.define("iot-blockchain-readings-table", ReadingsTable);
customElements.define("iot-blockchain-receipt-steps", ReceiptSteps);
customElements.define("iot-blockchain-block-choice", BlockChoice);
customElements.define("iot-blockchain-endpoint-choice", EndpointChoice);
customElements.define("file-choice", FileChoice);
customElements.define("iot-blockchain-receipt-facts", ReceiptFacts);
customElements.define("iot-blockchain-receipt-report", ReceiptReport);
customElements.define("receipt-verifier", ReceiptVerifier);
