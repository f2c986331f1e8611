import { readFileSync } from "node:fs";
import encodeQR from "qr";
import decodeQR from "qr/decode.js";
import { describe, expect, test } from "vitest";

import { roundTicks, timeTicks } from "../src/components/scale.ts";
import { counted, grouped, shown, utcTime } from "../src/components/text.ts";
import { codeOf } from "../src/page/code.ts";
import { ADDRESS, ANCHORED_TOPIC } from "../src/verifier/contract.ts";
import { verifyOffline } from "../src/verifier/index.ts";
import { corpus } from "./corpus.ts";

describe("text from a stranger", () => {
  test("stands as it is where it is harmless", () => {
    for (const text of ["4.3", "°C", "<b>&amp;", "日本語", "😀", "a\u0301", "", "x".repeat(120)]) {
      expect(shown(text)).toBe(text);
    }
  });

  test("does not turn what stands beside it, and hides nothing", () => {
    expect(shown("4.2\u202e9.1\u200b\u0000\n\u2066")).toBe("4.2\ufffd9.1\ufffd\ufffd\ufffd\ufffd");
    expect(shown("\ud800")).toBe("\ufffd");
  });

  test.each([121, 480, 481, 10_000, 60_000_000])("of %d characters is cut", (length) => {
    const text = shown(`${"a".repeat(length - 3)}end`);
    expect([...text]).toHaveLength(120);
    expect(text).toMatch(/^a+…a+end$/);
  });

  test("is cut between characters, not within", () => {
    expect(shown("😀".repeat(500)).isWellFormed()).toBe(true);
  });
});

test("numbers and times are written for people", () => {
  expect(grouped(1234567)).toBe("1\u202f234\u202f567");
  expect(grouped("9999999999999999999")).toBe(
    "9\u202f999\u202f999\u202f999\u202f999\u202f999\u202f999",
  );
  expect(grouped(999)).toBe("999");
  expect(counted(1, "reading")).toBe("1 reading");
  expect(counted(2, "entity", "entities")).toBe("2 entities");
  expect(utcTime(253402300799000)).toBe("9999-12-31 23:59:59 UTC");
});

test("scales have round marks, and not too many", () => {
  expect(roundTicks(3.9, 6.1, 4)).toEqual([4, 5, 6]);
  expect(roundTicks(-0.04, 0.04, 4)).toEqual([-0.04, -0.02, 0, 0.02, 0.04]);
  expect(roundTicks(5, 5, 4)).toEqual([5]);
  for (const span of [1e3, 6e4, 4e6, 9e7, 3e9, 4e11, 2.5e14]) {
    const ticks = timeTicks(1_795_262_400_000, 1_795_262_400_000 + span, 8);
    expect(ticks.length).toBeGreaterThan(0);
    expect(ticks.length).toBeLessThanOrEqual(9);
  }
});

describe("the code on paper", () => {
  async function receipt(name: string) {
    const report = await verifyOffline(readFileSync(corpus.path(`receipts/${name}.json`)));
    return report.contents!.receipt;
  }

  test("carries the checkpoint and the anchor, as a reader of codes reads them", async () => {
    const { checkpoint, anchor } = await receipt("good/range");
    const text = codeOf({ checkpoint }, anchor!)!;
    expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(text)).toEqual({ checkpoint, anchor });
    const rows = encodeQR(text, "raw", { ecc: "low", border: 4, scale: 4 });
    const size = rows.length;
    const pixels = Uint8ClampedArray.from(
      rows.flatMap((row) => row.flatMap((dark) => [...(dark ? [0, 0, 0] : [255, 255, 255]), 255])),
    );
    expect(decodeQR({ width: size, height: size, data: pixels })).toBe(text);
  });

  test("says that there is no anchor yet", async () => {
    const { checkpoint } = await receipt("good/not-anchored");
    expect(JSON.parse(codeOf({ checkpoint }, undefined)!)).toEqual({ checkpoint, anchor: null });
  });

  test("is left out where a name is too long for any code", async () => {
    const { checkpoint, anchor } = await receipt("signatures/name-long");
    expect(codeOf({ checkpoint }, anchor!)).toBeUndefined();
  });
});

test("the contract is the one that the product deploys", () => {
  const path = new URL(
    "../../custom_components/iot_blockchain/chain/log_anchor.json",
    import.meta.url,
  );
  const artifact = JSON.parse(readFileSync(path, "utf-8")) as { address: string };
  expect(ADDRESS).toBe(artifact.address);
  const page = readFileSync(new URL("../../docs/formats.md", import.meta.url), "utf-8");
  expect(page).toContain(`\n${ADDRESS}\n`);
  expect(page).toContain(ANCHORED_TOPIC);
});
