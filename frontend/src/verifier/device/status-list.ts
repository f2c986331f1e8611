/** Bitstring Status List v1.0: which credentials of a log are revoked, one bit each. */

import { equal, fromBase64url, type Bytes } from "../bytes.ts";

/** How many credentials a list is for. */
export const BITS = 131_072;

const BYTES = BITS / 8;
const MULTIBASE = "u"; // base64url without padding
const TRAILER_BYTES = 8;

/**
 * Read the bits of a list of exactly `BITS` bits (section 3.4), undefined where it is none.
 *
 * It is inflated only as far as it may be: a small text can hold a very large list.
 */
export async function decode(encoded: string): Promise<Bytes | undefined> {
  const packed = fromBase64url(encoded.slice(MULTIBASE.length));
  if (!encoded.startsWith(MULTIBASE) || packed === undefined) return undefined;
  const bits = await inflated(packed);
  // What follows after the end is passed over by some: the file must end in what is known of them.
  if (bits === undefined || !equal(trailerOf(bits), packed.subarray(-TRAILER_BYTES))) {
    return undefined;
  }
  return bits;
}

/** Whether the credential at an index is revoked: the first one's bit is the highest of a byte. */
export function revokes(bits: Bytes, index: number): boolean {
  return Boolean(bits[index >> 3]! & (0x80 >> (index & 7)));
}

async function inflated(packed: Bytes): Promise<Bytes | undefined> {
  const bits = new Uint8Array(BYTES);
  let size = 0;
  try {
    const stream = new Blob([packed as BlobPart]).stream();
    const reader = stream.pipeThrough(new DecompressionStream("gzip")).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return size === BYTES ? bits : undefined;
      if (size + value.length > BYTES) {
        await reader.cancel();
        return undefined;
      }
      bits.set(value, size);
      size += value.length;
    }
  } catch {
    return undefined;
  }
}

/** How a gzip file of these bytes ends: their CRC-32 and their number (RFC 1952, section 2.3.1). */
function trailerOf(bits: Bytes): Bytes {
  let crc = 0xffffffff;
  for (const byte of bits) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  const trailer = new DataView(new ArrayBuffer(TRAILER_BYTES));
  trailer.setUint32(0, ~crc >>> 0, true);
  trailer.setUint32(4, bits.length, true);
  return new Uint8Array(trailer.buffer);
}
