import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";

import * as ed25519 from "../src/verifier/ed25519.ts";
import { MAX_BYTES, verifyOffline } from "../src/verifier/index.ts";
import { decode } from "../src/verifier/device/status-list.ts";

async function reasonFor(bytes: Uint8Array): Promise<string> {
  const { steps } = await verifyOffline(bytes);
  expect(steps.map(({ name, result }) => [name, result])).toEqual([["format", "failed"]]);
  return steps[0]!.reason;
}

describe("a file", () => {
  test("of the largest size is read, and one of a byte more is not", async () => {
    const bytes = new Uint8Array(MAX_BYTES + 1).fill(0x20);
    expect(await reasonFor(bytes)).toContain("too large for a receipt (64 MB at most)");
    expect(await reasonFor(bytes.subarray(1))).toContain("not JSON");
  });

  test("of very many small values is refused before they fill the memory", async () => {
    const bytes = new TextEncoder().encode(`[${"[],".repeat(5_000_000)}0]`);
    const before = performance.now();
    expect(await reasonFor(bytes)).toContain("too many small values");
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  test("of one text without end is refused", async () => {
    const bytes = new Uint8Array(MAX_BYTES).fill(0x5c);
    bytes[0] = 0x22;
    expect(await reasonFor(bytes)).toContain("not JSON");
  });
});

describe("a status list", () => {
  const packed = (bits: Uint8Array) => `u${gzipSync(bits).toString("base64url")}`;

  test("of the right size is read", async () => {
    const bits = new Uint8Array(16_384).fill(0xa5);
    expect(await decode(packed(bits))).toEqual(bits);
  });

  test("that grows to a thousand times its size is not", async () => {
    expect(await decode(packed(new Uint8Array(64 * 2 ** 20)))).toBeUndefined();
  });

  test("with something after its end is not", async () => {
    const file = gzipSync(new Uint8Array(16_384));
    const more = Buffer.concat([file, gzipSync(new Uint8Array(0))]);
    expect(await decode(`u${more.toString("base64url")}`)).toBeUndefined();
  });
});

// RFC 8032, section 7.1, tests 1 to 3.
test.each([
  [
    "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "",
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
  ],
  [
    "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "72",
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  ],
  [
    "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    "af82",
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
  ],
])("the signature of RFC 8032's key %s is right", (key, message, signature) => {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, "hex"));
  expect(ed25519.verify(bytes(signature), bytes(message), bytes(key))).toBe(true);
  expect(ed25519.verify(bytes(signature), bytes(`${message}00`), bytes(key))).toBe(false);
});
