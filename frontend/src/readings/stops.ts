/** When nothing was recorded at all, as a log itself says. docs/formats.md, "Acts about recording". */

import type { Entry } from "../verifier/index.ts";

/**
 * A time in which nothing was recorded, in milliseconds since 1970. It began before the first entry
 * where `from` is undefined, and was not over at the last one where `to` is.
 */
export interface Stop {
  readonly why: "stopped" | "paused";
  readonly from?: number;
  readonly to?: number;
}

/** A time as entries write it, to the millisecond. */
export function millisecondsOf(time: string): number {
  return Date.parse(`${time.slice(0, 23)}Z`);
}

/** Name the times in which nothing was recorded, as they began; `first` is the first entry's index. */
export function stopsOf(entries: readonly Entry[], first: number): readonly Stop[] {
  const found: Stop[] = [];
  const open = new Map<Stop["why"], number>();
  const begin = (why: Stop["why"], from?: number) => {
    if (open.has(why)) return;
    open.set(why, found.length);
    found.push({ why, ...(from !== undefined && { from }) });
  };
  const end = (why: Stop["why"], to: number) => {
    const number = open.get(why);
    if (number === undefined) return;
    open.delete(why);
    const { from } = found[number]!;
    // A clock can have been set back.
    found[number] = { why, ...(from !== undefined && { from: Math.min(from, to) }), to };
  };
  let before: number | undefined;
  let pausesKnown = false;
  for (const { type, time, members } of entries) {
    const at = millisecondsOf(time);
    const act = type === "act" ? members.get("act") : undefined;
    if (act === "stopped" || act === "paused") {
      begin(act, at);
    } else if (act === "started") {
      // A log begins so, too. Without a word of its end, it ran until the entry before.
      if (before !== undefined || first > 0) begin("stopped", before);
      end("stopped", at);
    } else if (act === "resumed") {
      if (!pausesKnown) begin("paused");
      end("paused", at);
    }
    pausesKnown ||= act === "paused" || act === "resumed";
    before = at;
  }
  return found.sort((a, b) => (a.from ?? -Infinity) - (b.from ?? -Infinity) || 0);
}
