/** The readings that Home Assistant lists, made ready to be drawn. */

import { timelineOf, type Timeline } from "../readings/timeline.ts";
import type { Entry } from "../verifier/index.ts";
import type { Act, Reading } from "./api.ts";

/** Make the timeline of readings that are listed the last first, and of acts around them. */
export function timelineOfReadings(
  readings: readonly Reading[],
  acts: readonly Act[],
): Timeline | undefined {
  const entries = [...readings.map(readingEntry), ...acts.map(actEntry)];
  entries.sort((a, b) => a.index - b.index);
  const first = readings.at(-1)?.index ?? Infinity;
  // What was before the first reading that is listed is not drawn.
  return timelineOf(
    entries.filter(({ index }) => index >= first),
    first,
  );
}

/** When the anchors of readings were made, the first first, in milliseconds since 1970. */
export function anchorTimes(readings: readonly Reading[]): number[] {
  const times = readings.flatMap(({ anchored }) => (anchored === null ? [] : Date.parse(anchored)));
  return [...new Set(times)].sort((a, b) => a - b);
}

type Indexed = Entry & { readonly index: number };

function readingEntry({ index, time, entity, state, unit }: Reading): Indexed {
  const members = new Map([
    ["entity", entity],
    ["state", state],
  ]);
  if (unit !== null) members.set("unit", unit);
  // Also one that its device signed: what it says is here already.
  return { index, type: "reading", time, members };
}

function actEntry({ index, time, act }: Act): Indexed {
  return { index, type: "act", time, members: new Map([["act", act]]) };
}
