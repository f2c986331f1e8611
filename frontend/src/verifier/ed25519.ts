/** Ed25519 signatures (RFC 8032). */

import { ed25519 } from "@noble/curves/ed25519.js";
import { bytesToNumberLE } from "@noble/curves/utils.js";
import { sha512 } from "@noble/hashes/sha2.js";

import { concat, equal, type Bytes } from "./bytes.ts";

const { Point } = ed25519;

/**
 * Whether a signature of 64 bytes is that of a key of 32 bytes over a message.
 *
 * RFC 8032, section 5.1.7, leaves two equations to choose from. This is the stricter one, without
 * the cofactor: it is what OpenSSL computes, and so what the other verifiers of this product say.
 * The browser's own WebCrypto is not asked, since browsers differ in this.
 */
export function verify(signature: Bytes, message: Bytes, publicKey: Bytes): boolean {
  if (signature.length !== 64 || publicKey.length !== 32) return false;
  const r = signature.subarray(0, 32);
  const s = bytesToNumberLE(signature.subarray(32));
  if (s >= Point.Fn.ORDER) return false;
  try {
    const key = Point.fromBytes(publicKey, true);
    const k = Point.Fn.create(bytesToNumberLE(sha512(concat(r, publicKey, message))));
    return equal(Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(k)).toBytes(), r);
  } catch {
    return false; // the key is no point of the curve
  }
}
