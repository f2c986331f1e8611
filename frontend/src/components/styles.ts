/** What the components look like. Colours are the page's: custom properties reach into shadows. */

import { css } from "lit";

export const basics = css`
  :host {
    display: block;
  }
  h2,
  h3,
  p,
  dl,
  ol,
  ul {
    margin: 0;
  }
  h3 {
    font-size: 1rem;
    font-weight: 600;
  }
  code,
  .mono {
    font-family: var(--mono);
    font-size: 0.86em;
    overflow-wrap: anywhere;
  }
  .quiet {
    color: var(--quiet);
  }
  .small {
    font-size: 0.86rem;
  }
  bdi {
    overflow-wrap: anywhere;
  }
  a {
    color: var(--link);
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;

export const controls = css`
  button,
  .button {
    font: inherit;
    font-weight: 500;
    padding: 0.5rem 1rem;
    min-height: 2.75rem;
    box-sizing: border-box;
    border: 1px solid var(--line-strong);
    border-radius: var(--button-radius, 0.5rem);
    background: var(--surface);
    color: var(--text);
    cursor: pointer;
  }
  button.main,
  .button.main {
    background: var(--main);
    border-color: var(--main);
    color: var(--on-main);
  }
  button:hover:not(:disabled) {
    border-color: var(--main);
  }
  button:disabled {
    opacity: 0.55;
    cursor: default;
  }
  input,
  select,
  textarea {
    font: inherit;
    padding: 0.5rem 0.75rem;
    min-height: 2.75rem;
    width: 100%;
    box-sizing: border-box;
    border: solid var(--line-strong);
    border-width: var(--field-border, 1px);
    border-radius: var(--field-radius, 0.5rem);
    background: var(--field, var(--surface));
    color: var(--text);
  }
  input[aria-invalid="true"] {
    border-color: var(--bad);
  }
  :focus-visible {
    outline: 3px solid var(--focus);
    outline-offset: 2px;
  }
  label {
    display: block;
    font-weight: 500;
    margin-bottom: 0.25rem;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.75rem;
    align-items: center;
  }
`;
