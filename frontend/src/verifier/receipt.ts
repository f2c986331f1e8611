/** Receipts: all that a stranger needs to check readings. docs/formats.md, "Receipt". */

import { fromHex, fromUtf8, type Bytes } from "./bytes.ts";
import { isMembers, JsonError, parse as parseJson, type Json, type Members } from "./json.ts";

const FORMAT = "iot-blockchain-receipt/1";
/** Has one more member, `credentials`, and may hold signed readings. */
const FORMAT_WITH_DEVICES = "iot-blockchain-receipt/2";
/** Has two more members than that, `block` and `earlier`. */
const FORMAT_WITH_BLOCK = "iot-blockchain-receipt/3";
const FORMATS: readonly Json[] = [FORMAT, FORMAT_WITH_DEVICES, FORMAT_WITH_BLOCK];
const ANY_FORMAT = "iot-blockchain-receipt/";

/** The size of the largest receipt, in bytes. */
export const MAX_BYTES = 64 * 1024 * 1024;

/** Where a checkpoint stands on a chain, as the receipt claims. Hashes are `0x` and hexadecimal. */
export interface Anchor {
  readonly chain: string;
  readonly contract: string;
  readonly creator: string;
  readonly log: string;
  readonly number: number;
  readonly size: number;
  readonly root: string;
  readonly block_number: number;
  readonly block_hash: string;
  readonly block_time: number;
  readonly transaction: string;
}

/** That a block holds the anchor's transaction. docs/formats.md, "Block proof". */
export interface BlockProof {
  readonly header: Bytes;
  readonly index: number;
  readonly proof: readonly Bytes[];
}

/** An anchor of the same log before the receipt's own, whose tree begins with this one's. */
export interface EarlierAnchor {
  readonly anchor: Anchor;
  readonly consistency: readonly Bytes[];
  readonly block: BlockProof | null;
}

/** Entries that follow one another, the first at index `first` of the log, with their proof. */
export interface Receipt {
  readonly first: number;
  readonly entries: readonly string[];
  readonly proof: readonly Bytes[];
  readonly checkpoint: string;
  readonly key: string;
  readonly anchor: Anchor | null;
  /** What the gateway says of devices that signed. Undefined in a receipt of the first format. */
  readonly credentials?: readonly string[];
  /** There is an anchor where there is a block, or an earlier anchor. */
  readonly block: BlockProof | null;
  readonly earlier: readonly EarlierAnchor[];
}

/** This is not a receipt that this version can read. The message is for the person who asked. */
export class ReceiptError extends Error {}

const MAX_PROOF = 128;
const LONG_PROOF = "The receipt's proof is longer than any log needs.";
const MAX_EARLIER = 1024;
const MAX_CREDENTIALS = 1024;
const MAX_CREDENTIAL = 8192;
const MAX_HEADER = 8192;
const MAX_NODES = 16;
const MAX_NODE = 65_536;
/** Of the year 9999, the last that calendars hold. */
export const LAST_SECOND = 253402300799;
/** How a ZIP file begins (APPNOTE.TXT, section 4.3.7). */
const ZIP: readonly number[] = [0x50, 0x4b, 0x03, 0x04];
/** The first line of a C2SP tlog-proof. */
const TLOG_PROOF = /^c2sp\.org\/tlog-proof@v1\r?\n/;
const CHAIN = /^eip155:[1-9][0-9]{0,15}$/;
const ADDRESS = /^0x[0-9a-fA-F]{40}$/;
const HASH = /^0x[0-9a-f]{64}$/;
const BYTES = /^0x(?:[0-9a-f]{2})+$/;
// An entry is a single value of more than a hundred bytes.
const BYTES_A_VALUE = 32;
const SPARE_VALUES = 1000;

/**
 * Read a receipt from the bytes of a file.
 *
 * @throws ReceiptError it is none, or one of a later format.
 */
export function parse(bytes: Bytes): Receipt {
  const value = parseBytes(bytes);
  if (!isMembers(value))
    throw new ReceiptError("This is not a receipt: a receipt is a JSON object.");
  const format = value.get("format");
  if (format === undefined || !FORMATS.includes(format)) {
    throw new ReceiptError(
      typeof format === "string" && format.startsWith(ANY_FORMAT)
        ? `This receipt has a format that is not known here (${JSON.stringify(format.slice(0, 80))}).` +
            " Use a newer version of the verifier."
        : "This is not a receipt of this product: its format is missing.",
    );
  }
  const fields = new Fields(value, "receipt");
  fields.take("format");
  const receipt = {
    first: fields.number("first"),
    entries: fields.texts("entries"),
    proof: hashesOf(fields.texts("proof")),
    checkpoint: fields.text("checkpoint"),
    key: fields.text("key"),
    anchor: anchorOf(fields.take("anchor")),
    ...(format !== FORMAT && { credentials: credentialsOf(fields) }),
    ...(format === FORMAT_WITH_BLOCK
      ? { block: blockOf(fields.take("block")), earlier: earlierOf(fields.take("earlier")) }
      : { block: null, earlier: [] }),
  };
  fields.requireNoOthers();
  if (receipt.entries.length === 0) throw new ReceiptError("The receipt holds no entries.");
  if ((receipt.block || receipt.earlier.length) && !receipt.anchor) {
    throw new ReceiptError("The receipt holds a block, and names no anchor in it.");
  }
  return receipt;
}

/** @throws ReceiptError a file of this many bytes cannot be a receipt. */
export function requireSize(bytes: number): void {
  if (bytes === 0) throw new ReceiptError("The file is empty.");
  if (bytes > MAX_BYTES) {
    throw new ReceiptError(
      `This file is too large for a receipt (${MAX_BYTES / 2 ** 20} MB at most).`,
    );
  }
}

function parseBytes(bytes: Bytes): Json {
  requireSize(bytes.length);
  if (ZIP.every((byte, place) => bytes[place] === byte)) {
    throw new ReceiptError(
      "This is a ZIP file, as evidence comes. Unpack it, and choose the receipt.json in it.",
    );
  }
  const text = fromUtf8(bytes);
  if (text === undefined) {
    throw new ReceiptError("This is not a receipt: it is not text in UTF-8.");
  }
  if (TLOG_PROOF.test(text)) {
    throw new ReceiptError(
      "This is a tlog-proof, which holds neither its entry nor the log's key, and no receipt. The" +
        " command iot-blockchain-verify reads it.",
    );
  }
  try {
    return parseJson(text, SPARE_VALUES + bytes.length / BYTES_A_VALUE);
  } catch (err) {
    if (err instanceof JsonError) {
      throw new ReceiptError(`This is not a receipt: it is not JSON, ${err.message}.`);
    }
    throw err;
  }
}

function credentialsOf(fields: Fields): readonly string[] {
  const credentials = fields.texts("credentials");
  if (credentials.length > MAX_CREDENTIALS) {
    throw new ReceiptError("The receipt has more credentials than it may have.");
  }
  if (credentials.some((credential) => credential.length > MAX_CREDENTIAL)) {
    throw new ReceiptError("A credential in the receipt is too long.");
  }
  return credentials;
}

function anchorOf(value: Json): Anchor | null {
  if (value === null) return null;
  if (!isMembers(value)) throw new ReceiptError("The anchor is not a JSON object.");
  const fields = new Fields(value, "anchor");
  const anchor = {
    chain: fields.matching("chain", CHAIN),
    contract: fields.matching("contract", ADDRESS),
    creator: fields.matching("creator", ADDRESS),
    log: fields.matching("log", HASH),
    number: fields.number("number"),
    size: fields.number("size"),
    root: fields.matching("root", HASH),
    block_number: fields.number("block_number"),
    block_hash: fields.matching("block_hash", HASH),
    block_time: fields.number("block_time", LAST_SECOND),
    transaction: fields.matching("transaction", HASH),
  };
  fields.requireNoOthers();
  return anchor;
}

function blockOf(value: Json): BlockProof | null {
  if (value === null) return null;
  if (!isMembers(value)) throw new ReceiptError("The block is not a JSON object.");
  const fields = new Fields(value, "block");
  const nodes = fields.texts("proof");
  if (nodes.length > MAX_NODES) {
    throw new ReceiptError("The proof of the block is longer than any block needs.");
  }
  const block = {
    header: bytesOf(fields.text("header"), MAX_HEADER),
    index: fields.number("index"),
    proof: nodes.map((node) => bytesOf(node, MAX_NODE)),
  };
  fields.requireNoOthers();
  return block;
}

function earlierOf(value: Json): readonly EarlierAnchor[] {
  if (!Array.isArray(value)) throw new ReceiptError("'earlier' in the receipt is not a list.");
  const items = value as readonly Json[];
  if (items.length > MAX_EARLIER) {
    throw new ReceiptError("The receipt has more earlier anchors than it may have.");
  }
  return items.map((item) => {
    if (!isMembers(item)) throw new ReceiptError("The earlier anchor is not a JSON object.");
    const fields = new Fields(item, "earlier anchor");
    const anchor = anchorOf(fields.take("anchor"));
    if (anchor === null) throw new ReceiptError("An earlier anchor in the receipt is none.");
    const consistency = hashesOf(fields.texts("consistency"));
    const block = blockOf(fields.take("block"));
    fields.requireNoOthers();
    return { anchor, consistency, block };
  });
}

function hashesOf(texts: readonly string[]): readonly Bytes[] {
  if (texts.length > MAX_PROOF) throw new ReceiptError(LONG_PROOF);
  return texts.map(hashOf);
}

function bytesOf(text: string, most: number): Bytes {
  if (text.length > 2 + 2 * most || !BYTES.test(text)) {
    throw new ReceiptError(
      "Bytes in the receipt are too many, or are not lower-case hexadecimal digits after 0x.",
    );
  }
  return fromHex(text.slice(2));
}

function hashOf(text: string): Bytes {
  if (!HASH.test(text)) {
    throw new ReceiptError(
      "A hash in the receipt is not 64 lower-case hexadecimal digits after 0x.",
    );
  }
  return fromHex(text.slice(2));
}

/** The members of an object, each taken once and checked. */
class Fields {
  readonly #left: Map<string, Json>;
  readonly #what: string;

  constructor(members: Members, what: string) {
    this.#left = new Map(members);
    this.#what = what;
  }

  take(name: string): Json {
    const value = this.#left.get(name);
    if (value === undefined) throw new ReceiptError(`The ${this.#what} lacks ${name}.`);
    this.#left.delete(name);
    return value;
  }

  text(name: string): string {
    const value = this.take(name);
    if (typeof value !== "string") throw new ReceiptError(`'${name}' in the receipt is not text.`);
    return value;
  }

  texts(name: string): readonly string[] {
    const value = this.take(name);
    if (!Array.isArray(value) || !value.every((item) => typeof item === "string")) {
      throw new ReceiptError(`'${name}' in the receipt is not a list of texts.`);
    }
    return value;
  }

  matching(name: string, pattern: RegExp): string {
    const text = this.text(name);
    if (!pattern.test(text)) throw new ReceiptError(`'${name}' in the receipt is malformed.`);
    return text;
  }

  number(name: string, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.take(name);
    if (typeof value !== "number" || value < 0 || value > most) {
      throw new ReceiptError(`'${name}' in the receipt is not a number in range.`);
    }
    return value;
  }

  requireNoOthers(): void {
    if (this.#left.size) {
      throw new ReceiptError(`The ${this.#what} has members that do not belong there.`);
    }
  }
}
