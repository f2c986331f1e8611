/**
 * JSON (RFC 8259), read strictly: a member named twice, half of a surrogate pair and a text that is
 * nested or split up without end are refused. `JSON.parse` passes over the first two.
 */

/** A number that is no integer from -(2^53 - 1) to 2^53 - 1: nothing here may hold one. */
export const OTHER_NUMBER = Symbol("a number that is not an integer in range");

export type Members = ReadonlyMap<string, Json>;
export type Json =
  string | number | boolean | null | typeof OTHER_NUMBER | readonly Json[] | Members;

/** The text is not JSON. The message says why, for people. */
export class JsonError extends Error {}

const MAX_DEPTH = 1024;
const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const WORDS = new Map<string, Json>([
  ["true", true],
  ["false", false],
  ["null", null],
]);

export function isMembers(value: Json | undefined): value is Members {
  return value instanceof Map;
}

/**
 * Read a text of at most `maxValues` values.
 *
 * @throws JsonError it is not JSON, or has more values.
 */
export function parse(text: string, maxValues = Infinity): Json {
  return new Parser(text, maxValues).document();
}

class Parser {
  readonly #text: string;
  #valuesLeft: number;
  #at = 0;

  constructor(text: string, maxValues: number) {
    this.#text = text;
    this.#valuesLeft = maxValues;
  }

  document(): Json {
    const value = this.#value(0);
    if (this.#at < this.#text.length) throw new JsonError("more follows after its end");
    return value;
  }

  /** Read a value, and the white space on both sides of it. */
  #value(depth: number): Json {
    if (--this.#valuesLeft < 0) throw new JsonError("it holds too many small values");
    if (depth > MAX_DEPTH) throw new JsonError("it is nested too deeply");
    this.#match(SPACE);
    const value = this.#bare(depth);
    this.#match(SPACE);
    return value;
  }

  #bare(depth: number): Json {
    switch (this.#text[this.#at]) {
      case undefined:
        throw new JsonError("it ends too early");
      case "{":
        return this.#object(depth + 1);
      case "[":
        return this.#array(depth + 1);
      case '"':
        return this.#string();
      default:
        return this.#numberOrWord();
    }
  }

  #object(depth: number): Members {
    const members = new Map<string, Json>();
    this.#at++;
    this.#match(SPACE);
    if (this.#take("}")) return members;
    do {
      this.#match(SPACE);
      if (this.#text[this.#at] !== '"') throw this.#unexpected();
      const name = this.#string();
      if (members.has(name)) throw new JsonError("a member stands there twice");
      this.#match(SPACE);
      if (!this.#take(":")) throw this.#unexpected();
      members.set(name, this.#value(depth));
    } while (this.#take(","));
    if (!this.#take("}")) throw this.#unexpected();
    return members;
  }

  #array(depth: number): readonly Json[] {
    const items: Json[] = [];
    this.#at++;
    this.#match(SPACE);
    if (this.#take("]")) return items;
    do items.push(this.#value(depth));
    while (this.#take(","));
    if (!this.#take("]")) throw this.#unexpected();
    return items;
  }

  #string(): string {
    const start = this.#at;
    this.#at = this.#closingQuote(start + 1) + 1;
    let text: string;
    try {
      text = JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      throw new JsonError(`the text at character ${start + 1} is not written as JSON`);
    }
    if (!text.isWellFormed()) throw new JsonError("a text in it is not Unicode");
    return text;
  }

  #closingQuote(start: number): number {
    for (let at = start; ; at++) {
      at = this.#text.indexOf('"', at);
      if (at < 0) throw new JsonError("it ends too early");
      let before = at;
      while (before > start && this.#text[before - 1] === "\\") before--;
      if ((at - before) % 2 === 0) return at;
    }
  }

  #numberOrWord(): Json {
    for (const [word, value] of WORDS) {
      if (this.#text.startsWith(word, this.#at)) {
        this.#at += word.length;
        return value;
      }
    }
    const text = this.#match(NUMBER);
    if (text === "") throw this.#unexpected();
    const number = Number(text) + 0; // there is no -0 here
    return /^-?[0-9]+$/.test(text) && Number.isSafeInteger(number) ? number : OTHER_NUMBER;
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  /** Go on over what a pattern matches here, which may be nothing. */
  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #unexpected(): JsonError {
    const ended = this.#at >= this.#text.length;
    return new JsonError(
      ended ? "it ends too early" : `at character ${this.#at + 1} it breaks off`,
    );
  }
}
