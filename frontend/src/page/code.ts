/** The text of the QR code on paper. docs/verify.md, "On paper". */

import type { Anchor } from "../verifier/index.ts";

// What a QR code holds: ISO/IEC 18004, table 7, version 40-L in bytes.
const MOST = 2953;

/**
 * The checkpoint and the anchor as JSON, in ASCII only, since scanners differ in how they read
 * anything else. Undefined where a log's name is too long for any code.
 */
export function codeOf(
  { checkpoint }: { readonly checkpoint: string },
  anchor: Anchor | undefined,
): string | undefined {
  const text = JSON.stringify({ checkpoint, anchor: anchor ?? null }).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return text.length <= MOST ? text : undefined;
}
