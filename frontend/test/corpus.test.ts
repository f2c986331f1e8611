import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

import { verdictOf, verifyOffline } from "../src/verifier/index.ts";
import { corpus, type Expected } from "./corpus.ts";

const expected = corpus<Record<string, Expected>>("expected.json");

describe("the corpus, offline", () => {
  test("has at least 200 receipts", () => {
    expect(Object.keys(expected).length).toBeGreaterThanOrEqual(200);
  });

  test.each(Object.entries(expected))("%s", async (name, { verdict, steps }) => {
    const report = await verifyOffline(readFileSync(corpus.path(`receipts/${name}.json`)));
    expect({
      verdict: verdictOf(report),
      steps: Object.fromEntries(report.steps.map((step) => [step.name, step.result])),
    }).toEqual({ verdict, steps });
    for (const { reason } of report.steps) {
      expect(reason.length).toBeLessThanOrEqual(510);
      expect(reason.isWellFormed()).toBe(true);
    }
  });
});
