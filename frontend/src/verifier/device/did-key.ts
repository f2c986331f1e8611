/** did:key names for public keys (W3C CCG did:key 0.9), in their one canonical form. */

import { p256 } from "@noble/curves/nist.js";

import { concat, type Bytes } from "../bytes.ts";

/** The text is not the did:key of a key that can be used here. The message is for people. */
export class DidKeyError extends Error {}

const PREFIX = "did:key:z";
const P256 = Uint8Array.of(0x80, 0x24);
const ED25519 = Uint8Array.of(0xed, 0x01);
const POINT_BYTES = 33;
const DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const NAME = new RegExp(`^${PREFIX}([${DIGITS}]{47,48})$`);

/** Name the 32 bytes of an Ed25519 public key: `did:key:z6Mk…`. */
export function ofEd25519(publicKey: Bytes): string {
  return PREFIX + base58(concat(ED25519, publicKey));
}

/**
 * Return the compressed point (SEC 1, section 2.3.3) of the P-256 key that a did:key names.
 *
 * @throws DidKeyError it names none, or is not in its canonical form.
 */
export function p256KeyOf(did: string): Bytes {
  const digits = NAME.exec(did)?.[1];
  if (digits === undefined) throw new DidKeyError("this is not a did:key of a known kind");
  let number = 0n;
  for (const digit of digits) number = number * 58n + BigInt(DIGITS.indexOf(digit));
  const size = P256.length + POINT_BYTES;
  const data = Uint8Array.from({ length: size }, (_, index) =>
    Number((number >> BigInt(8 * (size - 1 - index))) & 0xffn),
  );
  const point = data.subarray(P256.length);
  if (PREFIX + base58(concat(P256, point)) !== did || !isPoint(point)) {
    throw new DidKeyError("this is not the did:key of a P-256 key");
  }
  return point;
}

function isPoint(bytes: Bytes): boolean {
  try {
    p256.Point.fromBytes(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Write bytes that do not begin with zero in base58btc. */
function base58(data: Bytes): string {
  let number = data.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  let text = "";
  for (; number > 0n; number /= 58n) text = DIGITS[Number(number % 58n)] + text;
  return text;
}
