/** Whether a chain holds an anchor. docs/formats.md, "Verification", `on_chain`. */

import * as answers from "./answers.ts";
import type { Anchor } from "./receipt.ts";
import { hasFailed, withStep, type Report, type Result } from "./report.ts";
import { nonsense, RefusedError, RpcError, type Ask } from "./rpc.ts";

/** An endpoint to ask, under the name by which the reader knows it. */
export interface Endpoint {
  readonly name: string;
  readonly ask: Ask;
}

interface Opinion {
  readonly name: string;
  readonly result: Result;
  /** What it says, as the end of a sentence. */
  readonly says: string;
  readonly final: boolean;
}

// A network that has no word for final is trusted after so many more blocks.
const FINAL_DEPTH = 64n;
const BUSY = [-32005, 429];
const NO_SUCH_TRANSACTION = "it has no such transaction";
// Anchors that an endpoint is asked for at a time: public ones ask for patience.
const AT_ONCE = 4;

/**
 * Ask whether the chain holds the anchor. Adds the step `on_chain`.
 *
 * It passes only where every endpoint says so. With none, nothing is added.
 */
export async function checkOnChain(
  report: Report,
  endpoints: readonly Endpoint[],
): Promise<Report> {
  const anchor = report.contents?.receipt.anchor;
  if (!anchor || hasFailed(report) || endpoints.length === 0) return report;
  const opinions = await Promise.all(endpoints.map((asked) => opinionOf(asked, anchor)));
  const asked = withStep(report, "on_chain", ...together(opinions, anchor.chain));
  return asked.steps.at(-1)!.result === "passed" ? checkEarlierOnChain(asked, endpoints) : asked;
}

/**
 * Ask whether the chain holds the earlier anchors, too. Adds the step `earlier_on_chain`, where
 * there are any. It passes only where every endpoint says so.
 */
async function checkEarlierOnChain(
  report: Report,
  endpoints: readonly Endpoint[],
): Promise<Report> {
  const { earlier } = report.contents!.receipt;
  if (earlier.length === 0) return report;
  const opinions = await Promise.all(
    endpoints.map((asked) =>
      opinionOfAll(
        asked,
        earlier.map(({ anchor }) => anchor),
      ),
    ),
  );
  const begin = {
    failed: "The chain does not hold all earlier anchors.",
    skipped: "Not all earlier anchors could be asked for.",
  };
  for (const result of ["failed", "skipped"] as const) {
    const said = opinions.filter((opinion) => opinion.result === result);
    if (said.length) {
      const quoted = said.map(({ name, says }) => `${name}: ${says}`).join("; ");
      return withStep(report, "earlier_on_chain", result, `${begin[result]} ${quoted}.`);
    }
  }
  const reason = "The chain holds the earlier anchors, too.";
  return withStep(report, "earlier_on_chain", "passed", reason);
}

/** Ask for some anchors at a time, until one is not confirmed. */
async function opinionOfAll({ name, ask }: Endpoint, anchors: readonly Anchor[]): Promise<Opinion> {
  const opinion = (result: Result, says: string) => ({ name, result, says, final: false });
  for (let place = 0; place < anchors.length; place += AT_ONCE) {
    const some = anchors.slice(place, place + AT_ONCE);
    try {
      const problems = await Promise.all(some.map((anchor) => problemOf(ask, anchor)));
      const wrong = problems.findIndex((problem) => problem !== undefined);
      if (wrong >= 0) {
        // Many nodes forget a transaction, after months or years.
        const unknown = problems[wrong] === NO_SUCH_TRANSACTION;
        const says = unknown
          ? `it does not know the transaction of anchor ${some[wrong]!.number}`
          : `anchor ${some[wrong]!.number}: ${problems[wrong]}`;
        return opinion(unknown ? "skipped" : "failed", says);
      }
    } catch (err) {
      if (err instanceof RpcError) return opinion("skipped", err.message);
      throw err;
    }
  }
  return opinion("passed", "the chain holds them");
}

function together(opinions: readonly Opinion[], chain: string): [Result, string] {
  const of = (result: Result) => opinions.filter((opinion) => opinion.result === result);
  const said = (some: readonly Opinion[]) => some.map(({ name, says }) => `${name}: ${says}`);
  const [no, unasked, yes] = [of("failed"), of("skipped"), of("passed")];
  if (no.length && yes.length) {
    const reason = `The endpoints contradict each other. ${said(no).join("; ")}. ${yes
      .map(({ name }) => name)
      .join(
        ", ",
      )}: the chain holds it. One of them is wrong, or behind: ask again, or ask a third.`;
    return ["failed", reason];
  }
  if (no.length) {
    return ["failed", `The chain ${chain} does not hold this anchor. ${said(no).join("; ")}.`];
  }
  if (unasked.length) {
    const others = yes.length ? " The anchor counts only when all that are named confirm it." : "";
    return ["skipped", `The chain could not be asked. ${said(unasked).join("; ")}.${others}`];
  }
  const finality = yes.every(({ final }) => final)
    ? "final"
    : "recent: it becomes final within minutes, and can be taken back until then";
  const who = yes.map(({ name }) => name).join(" and ");
  const say = yes.length === 1 ? "says" : "say";
  return ["passed", `The chain holds the anchor, ${say} ${who}. Its block is ${finality}.`];
}

async function opinionOf({ name, ask }: Endpoint, anchor: Anchor): Promise<Opinion> {
  const opinion = (result: Result, says: string, final = false) => ({ name, result, says, final });
  try {
    const chain = `eip155:${answers.quantity(await ask("eth_chainId"))}`;
    if (chain !== anchor.chain) {
      return opinion("skipped", `it serves the chain ${chain}, not ${anchor.chain}`);
    }
    const problem = await problemOf(ask, anchor);
    if (problem !== undefined) return opinion("failed", problem);
    const final = await finalBlock(ask);
    return opinion("passed", "the chain holds it", BigInt(anchor.block_number) <= final);
  } catch (err) {
    if (err instanceof RpcError) return opinion("skipped", err.message);
    throw err;
  }
}

async function problemOf(ask: Ask, anchor: Anchor): Promise<string | undefined> {
  const found = await ask("eth_getTransactionReceipt", anchor.transaction);
  const place = await ask("eth_getBlockByNumber", hexadecimal(anchor.block_number), false);
  if (found === null || place === null) return NO_SUCH_TRANSACTION;
  const inclusion = answers.inclusion(found, anchor.transaction);
  const block = answers.block(place);
  if (block.number !== BigInt(anchor.block_number)) throw nonsense("another block");
  const anchored = inclusion.anchored.some(
    (event) =>
      event.log === anchor.log &&
      event.number === BigInt(anchor.number) &&
      event.size === BigInt(anchor.size) &&
      event.root === anchor.root &&
      event.time === BigInt(anchor.block_time),
  );
  if (!anchored) return "the transaction did not anchor this checkpoint at this time";
  const there =
    inclusion.blockNumber === BigInt(anchor.block_number) &&
    inclusion.blockHash === anchor.block_hash &&
    block.hash === anchor.block_hash &&
    block.time === BigInt(anchor.block_time);
  return there ? undefined : "the transaction is in another block";
}

/** The last block that the network calls final. Negative while nothing is final. */
async function finalBlock(ask: Ask): Promise<bigint> {
  let final: unknown = null;
  try {
    final = await ask("eth_getBlockByNumber", "finalized", false);
  } catch (err) {
    if (!(err instanceof RefusedError) || BUSY.includes(err.code)) throw err;
  }
  if (final !== null) return answers.block(final).number;
  return answers.block(await ask("eth_getBlockByNumber", "latest", false)).number - FINAL_DEPTH;
}

function hexadecimal(number: number): string {
  return `0x${number.toString(16)}`;
}
