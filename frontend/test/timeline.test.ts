import { describe, expect, test } from "vitest";

import { timelineOf, type Timeline } from "../src/readings/timeline.ts";
import { decode } from "../src/verifier/entry.ts";

const SALT = "AAAAAAAAAAAAAAAAAAAAAA";

function reading(minute: number, state: string, more: Record<string, string> = {}): string {
  return entry(minute, { entity: "sensor.a", state, type: "reading", ...more });
}

function act(minute: number, name: string): string {
  return entry(minute, { act: name, type: "act" });
}

function entry(minute: number, members: Record<string, string>): string {
  const time = new Date(Date.UTC(2026, 10, 21, 8, minute)).toISOString().replace("Z", "000Z");
  const all: Record<string, unknown> = { ...members, salt: SALT, time, v: 1 };
  return JSON.stringify(all, Object.keys(all).sort());
}

function timeline(...entries: string[]): Timeline {
  return timelineOf(entries.map(decode), 0)!;
}

function values(made: Timeline): number[][] {
  return made.series[0]!.lines.map((line) => line.map(({ value }) => value));
}

describe("a line", () => {
  test("holds its value until the next reading", () => {
    const made = timeline(reading(0, "4.1", { unit: "°C" }), reading(9, "-4.2", { unit: "°C" }));
    expect(values(made)).toEqual([[4.1, -4.2]]);
    expect(made.series[0]).toMatchObject({ kind: "numbers", unit: "°C", gaps: [], count: 2 });
    expect(made.to - made.from).toBe(9 * 60_000);
  });

  test("breaks off where the state was unavailable or unknown, and says how long", () => {
    const made = timeline(
      reading(0, "1"),
      reading(1, "unavailable"),
      reading(3, "2"),
      reading(4, "unknown"),
      act(6, "sources"),
    );
    expect(values(made)).toEqual([[1], [2]]);
    const gaps = made.series[0]!.gaps.map(({ from, to, why }) => [(to - from) / 60_000, why]);
    expect(gaps).toEqual([
      [2, "unavailable"],
      [2, "unknown"],
    ]);
  });

  test("breaks off where recording was stopped, or ended without a word", () => {
    const made = timeline(
      act(0, "started"),
      reading(1, "1"),
      act(2, "stopped"),
      act(5, "started"),
      reading(6, "2"),
      act(9, "started"),
      reading(9, "3"),
    );
    expect(values(made)).toEqual([[1], [2], [3]]);
    expect(made.stops.map(({ from, to }) => (to - from) / 60_000)).toEqual([3, 3]);
  });

  test("breaks off where a person paused recording, also where it is not over", () => {
    const made = timeline(
      reading(0, "1"),
      act(1, "paused"),
      act(2, "started"),
      act(4, "resumed"),
      reading(4, "2"),
      act(6, "paused"),
      act(8, "sources"),
    );
    expect(values(made)).toEqual([[1], [2]]);
    const stops = made.stops.map(({ from, to, why }) => [(to - from) / 60_000, why]);
    expect(stops).toEqual([
      [3, "paused"],
      [1, "stopped"],
      [2, "paused"],
    ]);
  });

  test("breaks off where recording ended, also where nobody started it again", () => {
    const made = timeline(reading(0, "1"), act(3, "stopped"), act(4, "account"));
    expect(made.stops.map(({ from, to, why }) => [(to - from) / 60_000, why])).toEqual([
      [1, "stopped"],
    ]);
  });

  test("begins where a pause from before ended", () => {
    const entries = [act(0, "sources"), act(4, "resumed"), reading(4, "1"), reading(8, "2")];
    const made = timelineOf(entries.map(decode), 7)!;
    expect(values(made)).toEqual([[1, 2]]);
    expect(made.stops.map(({ from, to, why }) => [(to - from) / 60_000, why])).toEqual([
      [4, "paused"],
    ]);
  });

  test("is in the order of its times, whatever the order in the log", () => {
    expect(values(timeline(reading(5, "2"), reading(1, "1")))).toEqual([[1, 2]]);
  });

  test("of very many points keeps its ends, its lowest and its highest", () => {
    const entries = Array.from({ length: 20_000 }, (_, n) => reading(n, String(n % 100)));
    entries[7_777] = reading(7_777, "-500");
    entries[8_888] = reading(8_888, "500");
    const [line] = values(timeline(...entries));
    expect(line!.length).toBeLessThan(2_000);
    expect(line).toContain(-500);
    expect(line).toContain(500);
    expect([line![0], line!.at(-1)]).toEqual([0, 99]);
  });
});

describe("what is drawn of an entity", () => {
  test.each<[string, string[], string, string[]]>([
    ["numbers", ["1", "2.5", "-3e2"], "numbers", []],
    ["levels, where there are few", ["on", "off", "on"], "states", ["off", "on"]],
    ["events, where each is another", ["a", "b", "c"], "events", []],
    ["events, where they are codes", ["4006381333931", "9780201379624"], "events", []],
    ["no numbers, where one is none", ["1", "2", "n/a", "1"], "states", ["1", "2", "n/a"]],
    ["no numbers that nobody can draw", ["1e300", "1e301"], "events", []],
    ["no scale, where nothing was measured", ["unavailable"], "events", []],
  ])("%s", (_name, states, kind, levels) => {
    const made = timeline(...states.map((state, minute) => reading(minute, state)));
    expect(made.series[0]).toMatchObject({ kind, levels });
  });

  test("is a number where it has a unit, however many digits it has", () => {
    const made = timeline(reading(0, "12345678", { unit: "Wh" }));
    expect(made.series[0]!.kind).toBe("numbers");
  });

  test("is no more than eight entities", () => {
    const made = timeline(
      ...Array.from({ length: 20 }, (_, n) => reading(n, "1", { entity: `sensor.${n}` })),
    );
    expect(made.series).toHaveLength(8);
    expect(made.others).toBe(12);
  });
});

test("without readings there is nothing to draw", () => {
  expect(timelineOf([act(0, "started")].map(decode), 0)).toBeUndefined();
});
