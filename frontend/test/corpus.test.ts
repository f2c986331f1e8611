import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test, vi } from "vitest";

import { millisecondsOf, stopsOf } from "../src/readings/stops.ts";
import { verdictOf, verifyOffline } from "../src/verifier/index.ts";
import { corpus, type Expected } from "./corpus.ts";

const expected = corpus<Record<string, Expected>>("expected.json");

async function judged(name: string) {
  const report = await verifyOffline(readFileSync(corpus.path(`receipts/${name}.json`)));
  for (const { reason } of report.steps) {
    expect(reason.length).toBeLessThanOrEqual(510);
    expect(reason.isWellFormed()).toBe(true);
  }
  return {
    verdict: verdictOf(report),
    steps: Object.fromEntries(report.steps.map((step) => [step.name, step.result])),
  };
}

describe("the corpus, offline", () => {
  test("has at least 200 receipts", () => {
    expect(Object.keys(expected).length).toBeGreaterThanOrEqual(200);
  });

  test.each(Object.entries(expected))("%s", async (name, { verdict, steps }) => {
    expect(await judged(name)).toEqual({ verdict, steps });
  });
});

interface Told {
  readonly receipt: string;
  readonly stops: readonly { reason: string; start: string | null; end: string | null }[];
}

describe("times in which nothing was recorded", () => {
  const at = (time: string | null) => time && millisecondsOf(time);

  test.each(corpus<Told[]>("stops.json"))("$receipt", async ({ receipt, stops }) => {
    const report = await verifyOffline(readFileSync(corpus.path(`receipts/${receipt}.json`)));
    const { entries, receipt: read } = report.contents!;
    expect(
      stopsOf(entries, read.first).map(({ why, from = null, to = null }) => [why, from, to]),
    ).toEqual(stops.map(({ reason, start, end }) => [reason, at(start), at(end)]));
  });
});

describe("where the browser has no WebCrypto, as on a page without HTTPS", () => {
  afterEach(() => vi.unstubAllGlobals());

  const ofDevices = Object.entries(expected).filter(([name]) => name.startsWith("devices/"));

  test.each(ofDevices)("%s", async (name, { verdict, steps }) => {
    vi.stubGlobal("crypto", undefined);
    expect(await judged(name)).toEqual({ verdict, steps });
  });
});
