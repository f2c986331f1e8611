/** Readings, made ready to be drawn: lines, levels, events and gaps over time. Knows no page. */

import { readingOf, type Entry, type Reading } from "../verifier/index.ts";
import { millisecondsOf, stopsOf } from "./stops.ts";

/** When, in milliseconds since 1970, and how much. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

/** A time in which nothing was measured, or nothing recorded. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly why: "unavailable" | "unknown" | "stopped" | "paused";
}

/** What is to be drawn of one entity. */
export interface Series {
  readonly entity: string;
  readonly unit?: string;
  /** Numbers have a scale, states a level each, and events only happen. */
  readonly kind: "numbers" | "states" | "events";
  /** The names of the levels that the values of states count. */
  readonly levels: readonly string[];
  /** Points that follow one another without a gap: each value holds until the next. */
  readonly lines: readonly (readonly Point[])[];
  readonly gaps: readonly Gap[];
  readonly count: number;
}

/** All that is to be drawn, from the first time to the last. */
export interface Timeline {
  readonly from: number;
  readonly to: number;
  readonly series: readonly Series[];
  /** How many entities there are beyond those that are drawn. */
  readonly others: number;
  /** When nothing was recorded at all. */
  readonly stops: readonly Gap[];
}

const MAX_SERIES = 8;
const MAX_LEVELS = 6;
const MAX_POINTS = 1500;
const CODE = /^[0-9]{7,}$/;
const NUMBER = /^[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/**
 * Make the timeline of entries, undefined where there are no readings among them; `first` is the
 * first entry's index.
 */
export function timelineOf(entries: readonly Entry[], first: number): Timeline | undefined {
  const readings = new Map<string, Reading[]>();
  for (const entry of entries) {
    const reading = readingOf(entry);
    if (reading === undefined) continue;
    const known = readings.get(reading.entity);
    if (known) known.push(reading);
    else readings.set(reading.entity, [reading]);
  }
  if (readings.size === 0) return undefined;
  let [from, to] = [Infinity, -Infinity];
  for (const { time } of entries) {
    from = Math.min(from, millisecondsOf(time));
    to = Math.max(to, millisecondsOf(time));
  }
  // What is before and after them cannot be drawn.
  const stops = stopsOf(entries, first).map((stop) => ({ from, to, ...stop }));
  return {
    from,
    to,
    series: [...readings.values()].slice(0, MAX_SERIES).map((some) => seriesOf(some, stops, to)),
    others: Math.max(0, readings.size - MAX_SERIES),
    stops,
  };
}

function seriesOf(readings: readonly Reading[], stops: readonly Gap[], end: number): Series {
  const sorted = readings
    .map((reading) => ({ ...reading, at: millisecondsOf(reading.time) }))
    .sort((a, b) => a.at - b.at);
  const measured = sorted.filter(({ state }) => missing(state) === undefined);
  const states = [...new Set(measured.map(({ state }) => state))];
  const unit = measured.at(-1)?.unit;
  const kind = kindOf(states, measured.length, unit);
  const levels = kind === "states" ? states.sort() : [];

  const lines: Point[][] = [[]];
  const gaps: Gap[] = [];
  let previous = -Infinity;
  for (const [index, { at, state }] of sorted.entries()) {
    const why = missing(state);
    if (why !== undefined) {
      gaps.push({ from: at, to: sorted[index + 1]?.at ?? end, why });
      lines.push([]);
    } else {
      if (stops.some(({ to }) => previous < to && to <= at)) lines.push([]);
      const value = kind === "numbers" ? Number(state) : levels.indexOf(state);
      lines.at(-1)!.push({ at, value });
    }
    previous = at;
  }
  return {
    entity: readings[0]!.entity,
    ...(unit !== undefined && { unit }),
    kind,
    levels,
    lines: lines.filter((line) => line.length).map((line) => thinned(line, sorted.length)),
    gaps,
    count: readings.length,
  };
}

function missing(state: string): "unavailable" | "unknown" | undefined {
  return state === "unavailable" || state === "unknown" ? state : undefined;
}

function kindOf(states: readonly string[], count: number, unit?: string): Series["kind"] {
  const numbers = states.every((state) => NUMBER.test(state) && Math.abs(Number(state)) < 1e15);
  // A code is a number by its digits only.
  const codes = unit === undefined && states.every((state) => CODE.test(state));
  if (numbers && !codes) return "numbers";
  return states.length <= MAX_LEVELS && states.length < count ? "states" : "events";
}

/** Keep the first, lowest, highest and last point of each stretch, in their order. */
function thinned(line: readonly Point[], all: number): readonly Point[] {
  const stretch = Math.ceil((4 * all) / MAX_POINTS);
  if (all <= MAX_POINTS) return line;
  const kept: Point[] = [];
  for (let start = 0; start < line.length; start += stretch) {
    const points = line.slice(start, start + stretch);
    const by = (better: (a: number, b: number) => boolean) =>
      points.reduce((best, point) => (better(point.value, best.value) ? point : best));
    const wanted = new Set([points[0]!, by((a, b) => a < b), by((a, b) => a > b), points.at(-1)!]);
    kept.push(...points.filter((point) => wanted.has(point)));
  }
  return kept;
}
