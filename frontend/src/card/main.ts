/** The module that Home Assistant loads with each page: it offers the card for dashboards. */

const TYPE = "iot-blockchain-card";

declare global {
  interface Window {
    customCards?: object[];
  }
}

// Home Assistant loads this beside its own modules, in any order. One of them puts another registry
// of elements, and another HTMLElement, in the place of the browser's: it would never find an element
// that was made before.
await customElements.whenDefined("home-assistant");
const { Card } = await import("./card.ts");

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

export {}; // what waits at its top has to be a module
