/** Sequences for keys: no two processes give the same ones, and each gives them in order. */
import { randomInt } from "node:crypto";

const own = randomInt(36 ** 5)
  .toString(36)
  .padStart(5, "0");
let count = 0;

export function nextSequence(): string {
  return own + (count++).toString(36).padStart(4, "0");
}
