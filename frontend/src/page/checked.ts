/** What the page knows of a receipt: everything but the entries, which stay in the worker. */

import { timelineOf, type Timeline } from "../readings/timeline.ts";
import {
  confirmedAnchors,
  isSigned,
  readingOf,
  verdictOf,
  type Anchor,
  type Entry,
  type Report,
  type Step,
  type Verdict,
} from "../verifier/index.ts";

export interface Checked {
  readonly verdict: Verdict;
  readonly steps: readonly Step[];
  /** Where something was read and nothing failed. */
  readonly contents?: Contents;
  /** The anchor that a node can be asked about. */
  readonly anchor?: Anchor;
  /** Whether the receipt carries the anchor's block, which the reader may know. */
  readonly hasBlock: boolean;
  /** The anchors that are confirmed, by size: of a receipt that is anchored. */
  readonly anchors: readonly AnchorTime[];
}

/** When the block of an anchor was made, in milliseconds since 1970, and how much it holds. */
export interface AnchorTime {
  readonly number: number;
  readonly size: number;
  readonly time: number;
}

export interface Contents {
  readonly origin: string;
  readonly key: string;
  /** How many entries the log had, in decimal digits. */
  readonly size: string;
  readonly first: number;
  readonly count: number;
  readonly readings: number;
  /** How many of the readings carry their device's signature. */
  readonly signed: number;
  readonly checkpoint: string;
  /** The earlier anchors that the receipt names, by size. */
  readonly earlier: readonly AnchorTime[];
  readonly timeline?: Timeline;
}

/** An entry as the table shows it. An act has no entity. */
export interface Row {
  readonly position: number;
  readonly time: string;
  readonly entity?: string;
  readonly text: string;
  readonly signed: boolean;
}

/** Sum a report up. */
export function checkedOf(report: Report): Checked {
  const verdict = verdictOf(report);
  const { steps, contents } = report;
  const anchor = contents?.receipt.anchor;
  const failed = steps.find(({ result }) => result === "failed")?.name;
  return {
    verdict,
    steps,
    ...(contents && verdict !== "invalid" && { contents: summed(report) }),
    ...(anchor && (failed ?? "on_chain") === "on_chain" && { anchor }),
    hasBlock: Boolean(contents?.receipt.block),
    anchors: verdict === "anchored" ? confirmedAnchors(report).map(timeOf) : [],
  };
}

function timeOf({ number, size, block_time }: Anchor): AnchorTime {
  return { number, size, time: block_time * 1000 };
}

function summed({ contents }: Report): Contents {
  const { receipt, checkpoint, entries } = contents!;
  const timeline = timelineOf(entries, receipt.first);
  return {
    origin: checkpoint.origin,
    key: receipt.key,
    size: String(checkpoint.size),
    first: receipt.first,
    count: entries.length,
    readings: entries.filter(({ type }) => type !== "act").length,
    signed: entries.filter(isSigned).length,
    checkpoint: receipt.checkpoint,
    earlier: receipt.earlier.map((found) => timeOf(found.anchor)),
    ...(timeline && { timeline }),
  };
}

/** Some entries of a receipt, from one on. */
export function rowsOf(report: Report, from: number, count: number): Row[] {
  const { receipt, entries } = report.contents!;
  return entries
    .slice(from, from + count)
    .map((entry, index) => rowOf(entry, receipt.first + from + index));
}

function rowOf(entry: Entry, position: number): Row {
  const reading = readingOf(entry);
  if (reading === undefined)
    return { position, time: entry.time, text: told(entry), signed: false };
  const { entity, state, unit, attributes, signed, time } = reading;
  const more = attributes && json(attributes);
  const text = [state, unit, more].filter((part) => part !== undefined).join(" ");
  return { position, time, entity, text, signed };
}

const COMMON = ["act", "salt", "time", "type", "v"];

function told({ members }: Entry): string {
  const details = [...members].filter(([name]) => !COMMON.includes(name));
  const more = details.length ? ` ${json(new Map(details))}` : "";
  return `${json(members.get("act")).slice(1, -1)}${more}`;
}

function json(value: unknown): string {
  return JSON.stringify(value, (_name, member: unknown) =>
    member instanceof Map ? Object.fromEntries(member) : member,
  );
}
