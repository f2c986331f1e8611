/** How a receipt keeps to one page of paper, whatever is in it. */

import type { Step } from "../verifier/index.ts";

// In pixels, on a sheet of US Letter, which is shorter than A4: what all but the rest leaves, and
// the most that a step takes. The styles of its elements cut off what is longer.
const ROOM = 362;
const PASSED = 20;
const OTHER = 65;

/** How high the drawings of readings may be, in pixels, below the steps of a receipt. */
export function roomForDrawings(steps: readonly Step[]): number {
  const taken = steps.map(({ result }) => (result === "passed" ? PASSED : OTHER));
  return ROOM - taken.reduce((sum, height) => sum + height, 0);
}
