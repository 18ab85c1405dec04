/** Sums in a loop: a function with a place to put a lens. */
export function busy(rounds: number): number {
  let sum = 0;
  for (let round = 0; round < rounds; round++) sum += Math.sqrt(round);
  return sum;
}
