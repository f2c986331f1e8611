/** Where the receipts are on which all verifiers must agree. */

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Result, StepName, Verdict } from "../src/verifier/index.ts";

export interface Expected {
  readonly about: string;
  readonly verdict: Verdict;
  readonly steps: Partial<Record<StepName, Result>>;
}

const FOLDER = new URL("../../tests/corpus/", import.meta.url);

/** Read a JSON file of the corpus. */
export function corpus<T>(name: string): T {
  return JSON.parse(readFileSync(corpus.path(name), "utf-8")) as T;
}

corpus.path = (name: string): string => fileURLToPath(new URL(name, FOLDER));
