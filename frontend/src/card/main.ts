/** The module that Home Assistant loads with each page: it offers the card for dashboards. */

import { Card } from "./card.ts";

const TYPE = "iot-blockchain-card";

declare global {
  interface Window {
    customCards?: object[];
  }
}

if (customElements.get(TYPE) === undefined) {
  customElements.define(TYPE, Card);
  window.customCards ??= [];
  window.customCards.push({
    type: TYPE,
    name: "Anchored reading",
    description: "How far the last reading of an entity is on its way into a blockchain.",
    preview: true,
  });
}
