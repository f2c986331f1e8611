/** A QR code, as a drawing that prints sharply. */

import { css, html, LitElement, svg } from "lit";
import encodeQR from "qr";

const BORDER = 4; // ISO/IEC 18004, section 9.1

export class QrCode extends LitElement {
  static override properties = { text: {}, label: {} };
  declare text: string;
  declare label: string;

  constructor() {
    super();
    this.text = "";
    this.label = "";
  }

  protected override render() {
    const rows = encodeQR(this.text, "raw", { ecc: "low", border: BORDER });
    const size = rows.length;
    const path = rows
      .map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")).join(""))
      .join("");
    return html`<svg viewBox="0 0 ${size} ${size}" role="img" aria-label=${this.label}>
      ${svg`<rect width=${size} height=${size} fill="#fff" /><path d=${path} fill="#000" />`}
    </svg>`;
  }

  static override styles = css`
    :host {
      display: block;
    }
    svg {
      display: block;
      width: 100%;
      shape-rendering: crispEdges;
    }
  `;
}
