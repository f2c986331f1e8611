/** The LogAnchor contract: where it stands, and what it says. docs/formats.md, "Contract". */

import { keccak_256 } from "@noble/hashes/sha3.js";

import { concat, fromHex, hex, utf8, type Bytes } from "./bytes.ts";

/** The same on every chain. */
export const ADDRESS = "0xeE14D6242Cda2aeb92F211B47Aa801365141D795";

/** The first topic of its event. */
export const ANCHORED_TOPIC = `0x${hex(
  keccak_256(utf8("Anchored(bytes32,uint32,uint64,bytes32,uint64)")),
)}`;

const ADDRESS_FORM = /^0x[0-9a-fA-F]{40}$/;

/** The id of the log that an account creates for a key: Keccak-256(12 zero bytes ‖ creator ‖ key). */
export function logId(creator: string, publicKey: Bytes): string {
  return `0x${hex(keccak_256(concat(new Uint8Array(12), fromHex(creator.slice(2)), publicKey)))}`;
}

/** Whether an address is written with the right capitals (EIP-55). */
export function isChecksummed(address: string): boolean {
  if (!ADDRESS_FORM.test(address)) return false;
  const digits = address.slice(2);
  const hash = hex(keccak_256(utf8(digits.toLowerCase())));
  return [...digits].every((digit, index) => {
    const capital = Number.parseInt(hash[index]!, 16) >= 8;
    return digit === (capital ? digit.toUpperCase() : digit.toLowerCase());
  });
}
