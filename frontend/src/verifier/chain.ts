/** Whether a chain holds an anchor. docs/formats.md, "Verification", `on_chain`. */

import * as answers from "./answers.ts";
import type { Anchor, EarlierAnchor } from "./receipt.ts";
import { hasFailed, withStep, type Report, type Result } from "./report.ts";
import { nonsense, RefusedError, RpcError, type Ask } from "./rpc.ts";

/** An endpoint to ask, under the name by which the reader knows it. */
export interface Endpoint {
  readonly name: string;
  readonly ask: Ask;
}

interface Opinion {
  readonly result: Result;
  /** What it says, as the end of a sentence. */
  readonly says: string;
  /** Whether it knows the block, and no longer what came of the transaction. */
  readonly forgot?: boolean;
  readonly final?: boolean;
}

interface NamedOpinion extends Opinion {
  readonly name: string;
}

// A network that has no word for final is trusted after so many more blocks.
const FINAL_DEPTH = 64n;
const BUSY = [-32005, 429];
const OPEN = "It is not known whether the chain holds the anchor";
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
  const proven = report.steps.some(
    ({ name, result }) => name === "in_block" && result === "passed",
  );
  const opinions = await Promise.all(
    endpoints.map(async ({ name, ask }) => ({
      name,
      ...(await unlessItFails(opinionOf(ask, anchor, proven))),
    })),
  );
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
  const opinions = await Promise.all(endpoints.map((asked) => opinionOfAll(asked, earlier)));
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
async function opinionOfAll(
  { name, ask }: Endpoint,
  earlier: readonly EarlierAnchor[],
): Promise<NamedOpinion> {
  for (let place = 0; place < earlier.length; place += AT_ONCE) {
    const some = earlier.slice(place, place + AT_ONCE);
    // The step `earlier` has passed, and so has each block that is carried.
    const words = await Promise.all(
      some.map(({ anchor, block }) => unlessItFails(opinionOfPlace(ask, anchor, block !== null))),
    );
    const wrong = words.findIndex(({ result }) => result !== "passed");
    if (wrong >= 0) {
      const { result, says } = words[wrong]!;
      return { name, result, says: `anchor ${some[wrong]!.anchor.number}: ${says}` };
    }
  }
  return { name, result: "passed", says: "the chain holds them" };
}

function together(opinions: readonly NamedOpinion[], chain: string): [Result, string] {
  const of = (result: Result) => opinions.filter((opinion) => opinion.result === result);
  const said = (some: readonly NamedOpinion[]) => some.map(({ name, says }) => `${name}: ${says}`);
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
    return ["skipped", `${OPEN}. ${said(unasked).join("; ")}.${others}`];
  }
  const finality = yes.every(({ final }) => final)
    ? "final"
    : "recent: it becomes final within minutes, and can be taken back until then";
  const who = yes.map(({ name }) => name).join(" and ");
  const say = yes.length === 1 ? "says" : "say";
  const grounds = yes.some(({ forgot }) => forgot)
    ? " The transaction is forgotten there, but the block is known, and the receipt itself proves" +
      " that it holds the anchor."
    : "";
  return [
    "passed",
    `The chain holds the anchor, ${say} ${who}. Its block is ${finality}.${grounds}`,
  ];
}

/** What an endpoint says of an anchor on the chain that it serves. */
async function opinionOf(ask: Ask, anchor: Anchor, proven: boolean): Promise<Opinion> {
  const chain = `eip155:${answers.quantity(await ask("eth_chainId"))}`;
  if (chain !== anchor.chain) {
    return { result: "skipped", says: `it serves the chain ${chain}, not ${anchor.chain}` };
  }
  const opinion = await opinionOfPlace(ask, anchor, proven);
  if (opinion.result !== "passed") return opinion;
  return { ...opinion, final: BigInt(anchor.block_number) <= (await finalBlock(ask)) };
}

/** An endpoint that does not answer, or not with sense, says nothing. */
async function unlessItFails(asked: Promise<Opinion>): Promise<Opinion> {
  try {
    return await asked;
  } catch (err) {
    if (err instanceof RpcError) return { result: "skipped", says: err.message };
    throw err;
  }
}

/**
 * Ask whether the chain holds an anchor. Where the receipt has `proven` that the block holds it, the
 * block is enough: many nodes forget what came of a transaction, after weeks or months.
 *
 * @throws RpcError the endpoint does not say, or not with sense.
 */
async function opinionOfPlace(ask: Ask, anchor: Anchor, proven: boolean): Promise<Opinion> {
  const outcome = await ask("eth_getTransactionReceipt", anchor.transaction);
  const inclusion = outcome === null ? null : answers.inclusion(outcome, anchor.transaction);
  const place = await ask("eth_getBlockByNumber", hexadecimal(anchor.block_number), false);
  const block = place === null ? null : answers.block(place);
  if (block && block.number !== BigInt(anchor.block_number)) throw nonsense("another block");
  const problem = inclusion && problemWith(inclusion, anchor);
  if (problem) return { result: "failed", says: problem };
  if (!block) return { result: "skipped", says: `it does not know block ${anchor.block_number}` };
  if (block.hash !== anchor.block_hash || block.time !== BigInt(anchor.block_time)) {
    return { result: "failed", says: `block ${anchor.block_number} is another one` };
  }
  if (!inclusion) {
    const named = block.transactions();
    if (named.length && !named.includes(anchor.transaction)) {
      return { result: "failed", says: "the block has no such transaction" };
    }
    if (!proven) {
      const says =
        "it knows the block, and not what came of the transaction, which many forget: ask one that" +
        " keeps everything (an archive node)";
      return { result: "skipped", says };
    }
  }
  return { result: "passed", says: "the chain holds it", forgot: !inclusion };
}

/** What the transaction did instead of making the anchor. */
function problemWith(inclusion: answers.Inclusion, anchor: Anchor): string | undefined {
  if (inclusion.failed) return "the transaction failed";
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
    inclusion.blockHash === anchor.block_hash;
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
