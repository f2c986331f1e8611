import { expect, test } from "vitest";

import type { Act, Reading } from "../src/panel/api.ts";
import { reasonOf } from "../src/panel/hass.ts";
import { fieldTime, lastPeriod, periodBetween } from "../src/panel/period.ts";
import { fromNow, money, said } from "../src/panel/shown.ts";
import { anchorTimes, timelineOfReadings } from "../src/panel/timeline.ts";

test.each([
  ["0", "0 ETH"],
  ["1", "0.000000000000000001 ETH"],
  ["48840000000000000", "0.04884 ETH"],
  ["61531234567890", "0.00006153 ETH"],
  ["1000000000000000000", "1 ETH"],
  ["1500000000000000000", "1.5 ETH"],
  ["123456789000000000000000", "123456.789 ETH"],
  ["10000000000000000001", "10 ETH"],
])("%s wei are %s", (wei, said) => {
  expect(money(wei, "ETH")).toBe(said);
});

test.each([
  [-1000, "just now"],
  [1000, "in a moment"],
  [-5 * 60_000, "5 minutes ago"],
  [59 * 60_000 + 59_000, "in 59 minutes"],
  [2 * 3_600_000, "in 2 hours"],
  [-3 * 86_400_000, "3 days ago"],
])("%i ms from now is %s", (span, said) => {
  expect(fromNow(1e12 + span, 1e12)).toBe(said);
});

test.each([
  ["4.2", "°C", "4.2 °C"],
  ["open", null, "open"],
  ["unavailable", "°C", "unavailable"],
  ["unknown", "°C", "unknown"],
])("%s in %s is %s", (state, unit, text) => {
  expect(said({ state, unit })).toBe(text);
});

test("the last hour ends now", () => {
  expect(lastPeriod(3_600_000, Date.parse("2026-11-21T12:00:00Z"))).toEqual({
    start: "2026-11-21T11:00:00.000Z",
    end: "2026-11-21T12:00:00.000Z",
  });
});

test("a period is on the reader's clock", () => {
  const time = Date.parse("2026-11-21T12:00:00Z");
  const field = fieldTime(time);
  expect(periodBetween(field, field)).toEqual({
    start: "2026-11-21T12:00:00.000Z",
    end: "2026-11-21T12:00:00.000Z",
  });
  expect(periodBetween(fieldTime(time + 60_000), field)).toBeUndefined();
  expect(periodBetween("", field)).toBeUndefined();
});

function reading(index: number, state: string, second: number): Reading {
  return {
    index,
    entity: "sensor.fridge",
    state,
    unit: "°C",
    time: `2026-11-21T12:00:${String(second).padStart(2, "0")}.000000Z`,
    signed: false,
    status: "pending",
    anchor: null,
    anchored: null,
  };
}

function act(index: number, name: string, second: number): Act {
  return { index, act: name, time: `2026-11-21T12:00:${String(second).padStart(2, "0")}.000000Z` };
}

test("readings are drawn from the first to the last, with their gaps", () => {
  const timeline = timelineOfReadings(
    [reading(9, "4.3", 40), reading(6, "unavailable", 10), reading(5, "4.2", 5)],
    [act(0, "started", 0), act(7, "stopped", 20), act(8, "started", 30)],
  )!;
  const [series] = timeline.series;
  expect(series!.unit).toBe("°C");
  expect(series!.lines.map((line) => line.map(({ value }) => value))).toEqual([[4.2], [4.3]]);
  expect(series!.gaps.map(({ why }) => why)).toEqual(["unavailable"]);
  expect(timeline.stops.map(({ from, to }) => (to - from) / 1000)).toEqual([10]);
  // The start before the first reading is not drawn.
  expect(timeline.from).toBe(Date.parse("2026-11-21T12:00:05Z"));
});

test("no readings are no timeline", () => {
  expect(timelineOfReadings([], [act(0, "started", 0)])).toBeUndefined();
});

test("each anchor of the readings is marked once", () => {
  const anchored = ["2026-11-21T13:00:00+00:00", null, "2026-11-21T12:00:00+00:00"];
  const readings = [...anchored, ...anchored].map((time) => ({
    ...reading(1, "4.2", 0),
    anchored: time,
  }));
  expect(anchorTimes(readings)).toEqual(
    [12, 13].map((hour) => Date.parse(`2026-11-21T${hour}:00:00Z`)),
  );
});

test("what Home Assistant refuses has a reason", () => {
  expect(reasonOf({ code: "x", message: "This log is not loaded." })).toBe(
    "This log is not loaded.",
  );
  expect(reasonOf(undefined)).toContain("does not answer");
  expect(reasonOf({ message: "" })).toContain("does not answer");
});
