/** Periods that a person chooses. */

import type { Period } from "./api.ts";

const HOUR = 3_600_000;

export const LENGTHS = [
  { name: "The last hour", length: HOUR },
  { name: "The last 24 hours", length: 24 * HOUR },
  { name: "The last 7 days", length: 7 * 24 * HOUR },
  { name: "The last 30 days", length: 30 * 24 * HOUR },
] as const;

/** The period that ended just now. */
export function lastPeriod(length: number, now: number): Period {
  return { start: new Date(now - length).toISOString(), end: new Date(now).toISOString() };
}

/** The period between two times of the reader's clock, undefined where they are none. */
export function periodBetween(start: string, end: string): Period | undefined {
  const [from, to] = [Date.parse(start), Date.parse(end)];
  if (!(from <= to)) return undefined;
  return { start: new Date(from).toISOString(), end: new Date(to).toISOString() };
}

/** A time as a form's field holds it, on the reader's clock, to the minute. */
export function fieldTime(time: number): string {
  const shift = new Date(time).getTimezoneOffset() * 60_000;
  return new Date(time - shift).toISOString().slice(0, 16);
}
