import { readFile } from "node:fs/promises";

import { beforeEach, expect, test, vi } from "vitest";

import type { Answer } from "../src/page/checker.ts";

const RECEIPT = new URL("../../tests/corpus/receipts/good/range.json", import.meta.url);

type Told = Omit<Answer, "id">;
type Listener = (message: { data: object }) => void;

let ask: (question: object) => Promise<Told>;
let data: Uint8Array<ArrayBuffer>;

// The worker runs here, and is asked as the page asks it.
beforeEach(async () => {
  data = new Uint8Array(await readFile(RECEIPT));
  let listen: Listener;
  const waiting = new Map<number, (answer: Told) => void>();
  vi.stubGlobal("self", {
    addEventListener: (_type: string, listener: Listener) => (listen = listener),
    postMessage: ({ id, ...answer }: Answer) => waiting.get(id)!(answer),
  });
  vi.spyOn(console, "error").mockReturnValue();
  vi.resetModules();
  await import("../src/page/worker.ts");
  let last = 0;
  ask = (question) =>
    new Promise((resolve) => {
      waiting.set(++last, resolve);
      listen({ data: { ...question, id: last } });
    });
});

/** A file that arrives when somebody says so. */
function slowFile() {
  let arrive!: () => void;
  const arrived = new Promise<ArrayBuffer>((resolve) => (arrive = () => resolve(data.buffer)));
  return { size: data.length, arrayBuffer: vi.fn(() => arrived), arrive };
}

test("a receipt that is removed while it is checked is not kept", async () => {
  const file = slowFile();
  const checked = ask({ kind: "check", receipt: 1, file });
  await vi.waitFor(() => expect(file.arrayBuffer).toHaveBeenCalled());
  await ask({ kind: "forget", receipt: 1 });
  file.arrive();
  expect(await checked).toEqual({ gaveUp: true });
  expect(await ask({ kind: "rows", receipt: 1, from: 0, count: 1 })).toEqual({ gaveUp: true });
});

test("receipts are read one after the other, without those that were removed", async () => {
  const files = [slowFile(), slowFile(), slowFile()];
  const answers = files.map((file, receipt) => ask({ kind: "check", receipt, file }));
  await ask({ kind: "forget", receipt: 1 });
  files[0]!.arrive();
  expect((await answers[0])!.checked!.verdict).toBe("unchecked");
  expect(await answers[1]).toEqual({ gaveUp: true });
  files[2]!.arrive();
  expect((await answers[2])!.checked!.verdict).toBe("unchecked");
  expect(files.map(({ arrayBuffer }) => arrayBuffer.mock.calls.length)).toEqual([1, 0, 1]);
});

test("two receipts are never in memory whole at once", async () => {
  const [one, two] = [slowFile(), slowFile()];
  void ask({ kind: "check", receipt: 1, file: one });
  const second = ask({ kind: "check", receipt: 2, file: two });
  two.arrive();
  await vi.waitFor(() => expect(one.arrayBuffer).toHaveBeenCalled());
  expect(two.arrayBuffer).not.toHaveBeenCalled();
  one.arrive();
  expect((await second).checked!.verdict).toBe("unchecked");
});

test("a file that cannot be read does not hold up the next one", async () => {
  const broken = { size: 1, arrayBuffer: () => Promise.reject(new Error("no memory")) };
  const first = ask({ kind: "check", receipt: 1, file: broken });
  const second = ask({ kind: "check", receipt: 2, file: new Blob([data]) });
  expect(await first).toEqual({ gaveUp: true });
  expect((await second).checked!.verdict).toBe("unchecked");
});
