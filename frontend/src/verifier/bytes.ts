/** Bytes, and the ways in which receipts write them. */

import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";

export { bytesToHex as hex, concatBytes as concat, hexToBytes as fromHex };

export type Bytes = Uint8Array;

export function equal(a: Bytes, b: Bytes): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** The UTF-8 bytes of a text. */
export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Read base64 (RFC 4648, section 4), undefined where it is not the one way to write its bytes. */
export function fromBase64(text: string): Bytes | undefined {
  if (text.length % 4 !== 0 || !BASE64.test(text)) return undefined;
  const binary = atob(text);
  if (btoa(binary) !== text) return undefined;
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** Read base64url without padding (RFC 7515, section 2), undefined where it is not that. */
export function fromBase64url(text: string): Bytes | undefined {
  const standard = text.replaceAll("-", "+").replaceAll("_", "/");
  if (/[+/=]/.test(text)) return undefined;
  return fromBase64(standard + "=".repeat((4 - (text.length % 4)) % 4));
}

/** Write base64url without padding. */
export function toBase64url(bytes: Bytes): string {
  const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The text that bytes are in UTF-8, undefined where they are none. */
export function fromUtf8(bytes: Bytes): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
