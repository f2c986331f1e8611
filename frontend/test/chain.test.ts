import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";

import {
  checkOnChain,
  endpoint,
  verdictOf,
  verifyOffline,
  type Report,
  type Result,
  type Step,
  type Verdict,
} from "../src/verifier/index.ts";
import { corpus } from "./corpus.ts";
import { answering, serve, type Answers } from "./endpoint.ts";

interface Case {
  readonly name: string;
  readonly receipt: string;
  readonly answers: Answers;
  readonly result: Result;
  readonly verdict: Verdict;
}

const cases = corpus<Case[]>("endpoints.json");
const servers: { close: () => void }[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function started(respond: Parameters<typeof serve>[0]): Promise<string> {
  const server = await serve(respond);
  servers.push(server);
  return server.url;
}

const asked = (...urls: string[]) => askedAbout(cases[0]!.receipt, ...urls);

async function askedAbout(
  receipt: string,
  ...urls: string[]
): Promise<{ report: Report; step: Step }> {
  const file = readFileSync(corpus.path(`receipts/${receipt}.json`));
  const endpoints = urls.map((url, index) => ({ name: `endpoint ${index}`, ask: endpoint(url) }));
  const report = await checkOnChain(await verifyOffline(file), endpoints);
  return { report, step: report.steps.at(-1)! };
}

function named(name: string): Answers {
  return cases.find((one) => one.name === name)!.answers;
}

describe("made-up endpoints", () => {
  test.each(cases)("$name: $result", async ({ receipt, answers, result, verdict }) => {
    const { report, step } = await askedAbout(receipt, await started(answering(answers)));
    expect([step.name, step.result]).toEqual(["on_chain", result]);
    expect(verdictOf(report)).toBe(verdict);
  });

  test("finality is told", async () => {
    const reasonOf = async (name: string) =>
      (await asked(await started(answering(named(name))))).step.reason;
    expect(await reasonOf("honest")).toContain("Its block is final");
    expect(await reasonOf("no-word-for-final")).toContain("Its block is final");
    expect(await reasonOf("recent")).toContain("can be taken back until then");
  });
});

describe("endpoints that are broken", () => {
  const broken: Record<string, [Parameters<typeof serve>[0], string]> = {
    "not JSON": [(_call, response) => response.end("<html>"), "not JSON"],
    "a list": [(_call, response) => response.end("null"), "not an object"],
    "an error of HTTP": [
      (_call, response) => response.writeHead(503).end("{}"),
      "the error 503 of HTTP",
    ],
    "a redirection": [
      (_call, response) => response.writeHead(307, { location: "http://127.0.0.1:9" }).end(),
      "nothing answers",
    ],
    "a cut line": [(_call, response) => response.destroy(), "nothing answers"],
    "an answer without end": [
      (_call, response) => {
        const more = () => response.write("x".repeat(65_536), more);
        more();
      },
      "more than any answer can hold",
    ],
    "an error with control characters": [
      ({ id }, response) =>
        response.end(
          JSON.stringify({ id, error: { code: 1, message: "a\u202e\n\tb" + "c".repeat(900) } }),
        ),
      "it refuses: a bccc",
    ],
    "an error that is none": [
      (_call, response) => response.end('{"error": "no"}'),
      "an error that is no object",
    ],
  };

  test.each(Object.entries(broken))("%s", async (_name, [respond, reason]) => {
    const { report, step } = await asked(await started(respond));
    expect(step.result).toBe("skipped");
    expect(step.reason).toContain(reason);
    expect(step.reason.length).toBeLessThan(300);
    expect(verdictOf(report)).toBe("unchecked");
  });

  test("nobody is there", async () => {
    const { step } = await asked("http://127.0.0.1:9");
    expect(step.result).toBe("skipped");
    expect(step.reason).toContain("nothing answers there");
  });
});

describe("two endpoints", () => {
  test.each<[string, string, Result, string]>([
    ["honest", "honest", "passed", "say endpoint 0 and endpoint 1"],
    ["honest", "recent", "passed", "recent"],
    ["honest", "no-transaction", "failed", "contradict each other"],
    ["another-root", "honest", "failed", "contradict each other"],
    ["no-transaction", "another-root", "failed", "does not hold this anchor"],
    ["honest", "another-chain", "skipped", "all that are named"],
    ["refuses", "honest", "skipped", "all that are named"],
    ["no-transaction", "busy", "failed", "does not hold this anchor"],
  ])("%s and %s: %s", async (one, other, result, reason) => {
    const { step } = await asked(
      await started(answering(named(one))),
      await started(answering(named(other))),
    );
    expect(step.result).toBe(result);
    expect(step.reason).toContain(reason);
  });
});

test("without an endpoint nothing is asked, and no step added", async () => {
  const { report } = await asked();
  expect(report.steps.map(({ name }) => name)).not.toContain("on_chain");
  expect(verdictOf(report)).toBe("unchecked");
});

test("what is asked is only the question", async () => {
  const heads: Record<string, unknown>[] = [];
  const url = await started((call, response, request) => {
    heads.push(request.headers);
    answering(named("honest"))(call, response, request);
  });
  await asked(url);
  expect(heads).toHaveLength(4);
  for (const head of heads) {
    expect(head).not.toHaveProperty("referer");
    expect(head).not.toHaveProperty("cookie");
  }
});
