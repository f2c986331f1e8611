/** Money, times and lifecycles, as the panel shows them. */

import { counted } from "../components/text.ts";
import type { Lifecycle, Reading } from "./api.ts";

export const LIFECYCLE: Readonly<Record<Lifecycle, { title: string; means: string }>> = {
  pending: { title: "Pending", means: "In the log, and no more: its owner could still change it." },
  submitted: { title: "Submitted", means: "The anchor was sent; no block holds it yet." },
  confirmed: { title: "Confirmed", means: "A block holds it, which can still be taken back." },
  final: { title: "Final", means: "The network calls the block that holds it final." },
};

/** What a reading says, with its unit where it says a value. */
export function said({ state, unit }: Pick<Reading, "state" | "unit">): string {
  return unit === null || state === "unavailable" || state === "unknown"
    ? state
    : `${state} ${unit}`;
}

/** Say that some readings of a period are not in its receipt. */
export function leftOut(waiting: number): string {
  const wait = waiting === 1 ? "waits for its anchor and is" : "wait for their anchor and are";
  return `${counted(waiting, "reading")} of this time ${wait} not in this receipt.`;
}

const DIGITS = 18;
const SIGNIFICANT = 4;

/** Write an amount of wei in the network's coin, with four digits that say something. */
export function money(wei: string, currency: string): string {
  const padded = wei.padStart(DIGITS + 1, "0");
  const whole = padded.slice(0, -DIGITS);
  const fraction = padded.slice(-DIGITS);
  const zeros = whole === "0" ? fraction.search(/[1-9]/) : 0;
  const kept = zeros < 0 ? "" : fraction.slice(0, zeros + SIGNIFICANT).replace(/0+$/, "");
  return `${whole}${kept && `.${kept}`} ${currency}`.trim();
}

const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
] as const;
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** Say how far a time is from another one: `5 minutes ago`, `in 2 hours`. */
export function fromNow(time: number, now: number): string {
  const span = time - now;
  for (const [unit, size] of UNITS) {
    if (Math.abs(span) >= size) return RELATIVE.format(Math.trunc(span / size), unit);
  }
  return span > 0 ? "in a moment" : "just now";
}
