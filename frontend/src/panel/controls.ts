/**
 * Home Assistant's own controls. A later version can lack one of them or call it otherwise: then
 * the browser's own stands in for it.
 */

import { html, type TemplateResult } from "lit";

const CLOSE =
  "M19,6.41L17.59,5L12,10.59L6.41,5L5,6.41L10.59,12L5,17.59L6.41,19L12,13.41L17.59,19L19,17.59L13.41,12L19,6.41Z";

export interface Button {
  readonly press?: () => void;
  /** Whether it is what one came for; it then sends the form that it is in, if any. */
  readonly main?: boolean;
  /** Whether there are many of them. */
  readonly small?: boolean;
  readonly disabled?: boolean;
}

/** A part of the page under a title. */
export function card(title: string, content: unknown): TemplateResult {
  return html`<ha-card>
    <section aria-labelledby="title">
      <h2 id="title">${title}</h2>
      ${content}
    </section>
  </ha-card>`;
}

export function button(
  label: unknown,
  { press, main = false, small = false, disabled = false }: Button,
): TemplateResult {
  const type = main ? "submit" : "button";
  return lent("ha-button")
    ? html`<ha-button
        type=${type}
        appearance=${main ? "accent" : small ? "plain" : "filled"}
        size=${small ? "s" : "m"}
        .disabled=${disabled}
        @click=${press}
        >${label}</ha-button
      >`
    : html`<button type=${type} class=${main ? "main" : ""} ?disabled=${disabled} @click=${press}>
        ${label}
      </button>`;
}

export function closeButton(press: () => void): TemplateResult {
  return lent("ha-icon-button")
    ? html`<ha-icon-button label="Close" .path=${CLOSE} @click=${press}></ha-icon-button>`
    : html`<button aria-label="Close" @click=${press}>✕</button>`;
}

/** What opens the sidebar where there is no room for it. */
export function menuButton(toggle: () => void): TemplateResult {
  return lent("ha-menu-button")
    ? html`<ha-menu-button></ha-menu-button>`
    : html`<button aria-label="Sidebar" @click=${toggle}>☰</button>`;
}

/** What went wrong, or needs somebody to look after it. */
export function alert(said: unknown, type: "error" | "warning" = "error"): TemplateResult {
  return lent("ha-alert")
    ? html`<ha-alert alert-type=${type}>${said}</ha-alert>`
    : html`<p class="wrong" role="alert">${said}</p>`;
}

function lent(tag: string): boolean {
  return customElements.get(tag) !== undefined;
}
