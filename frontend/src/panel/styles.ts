/** Home Assistant's theme, under the names that the components know colours by. */

import { css } from "lit";

export const theme = css`
  :host {
    --sans: var(--ha-font-family-body, Roboto, system-ui, sans-serif);
    --mono: var(--ha-font-family-code, ui-monospace, Menlo, Consolas, monospace);
    --page: var(--primary-background-color, #fafafa);
    --surface: var(--card-background-color, #fff);
    --surface-2: var(--secondary-background-color, #eef2f6);
    --text: var(--primary-text-color, #212121);
    --quiet: var(--secondary-text-color, #727272);
    --line: var(--divider-color, #e0e0e0);
    --line-strong: color-mix(in srgb, var(--quiet) 60%, var(--surface));
    --accent: var(--primary-color, #009ac7);
    /* A theme's colours are made for areas; with text, and as text, they need more contrast. */
    --main: color-mix(in srgb, var(--accent) 78%, black);
    --on-main: var(--text-primary-color, #fff);
    --link: color-mix(in srgb, var(--accent) 60%, var(--text));
    --focus: var(--accent);
    /* Home Assistant's own fields have no role that a screen reader knows: ours look like them. */
    --field: var(--ha-color-form-background, var(--surface-2));
    --field-border: 0 0 1px;
    --field-radius: 4px 4px 0 0;
    --button-radius: var(--ha-border-radius-pill, 9999px);
    --good: color-mix(in srgb, var(--success-color, #43a047) 60%, var(--text));
    --good-surface: color-mix(in srgb, var(--success-color, #43a047) 14%, var(--surface));
    --warn: color-mix(in srgb, var(--warning-color, #ffa600) 45%, var(--text));
    --warn-surface: color-mix(in srgb, var(--warning-color, #ffa600) 14%, var(--surface));
    --bad: color-mix(in srgb, var(--error-color, #db4437) 70%, var(--text));
    --bad-surface: color-mix(in srgb, var(--error-color, #db4437) 12%, var(--surface));
    --chart: color-mix(in srgb, var(--accent) 85%, var(--text));
    --gap: color-mix(in srgb, var(--quiet) 25%, var(--surface));
    --gap-strong: color-mix(in srgb, var(--warning-color, #ffa600) 35%, var(--surface));
    color: var(--text);
    font-family: var(--sans);
    line-height: 1.5;
  }
`;

export const parts = css`
  ha-card {
    display: block;
  }
  ha-card:not(:defined) {
    background: var(--surface);
    border: 1px solid var(--line);
    border-radius: 12px;
  }
  h2 {
    font-size: 1.25rem;
    font-weight: 400;
    margin: 0 0 12px;
  }
  section {
    padding: 16px;
  }
  ha-alert,
  p.wrong {
    display: block;
    margin-bottom: 12px;
  }
  .chip {
    display: inline-block;
    border-radius: 1rem;
    padding: 0.05rem 0.6rem;
    font-size: 0.86rem;
    font-weight: 500;
    white-space: nowrap;
    color: var(--warn);
    background: var(--warn-surface);
  }
  .chip.final,
  .chip.confirmed {
    color: var(--good);
    background: var(--good-surface);
  }
  .wrong {
    color: var(--bad);
    overflow-wrap: anywhere;
  }
  .scrolled {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    width: 100%;
    font-size: 0.925rem;
    font-variant-numeric: tabular-nums;
  }
  th {
    text-align: start;
    font-weight: 500;
    color: var(--quiet);
    padding: 0.4rem 0.75rem 0.4rem 0;
    border-bottom: 1px solid var(--line);
    white-space: nowrap;
  }
  td {
    padding: 0.4rem 0.75rem 0.4rem 0;
    border-bottom: 1px solid var(--line);
    vertical-align: middle;
  }
  tbody tr:last-child td {
    border-bottom: 0;
  }
  .number {
    text-align: end;
  }
`;
