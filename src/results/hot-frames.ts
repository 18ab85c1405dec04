/** The walk over the hottest functions. */

/**
 * The developer's own code first, each part in the order it came in: what can be changed today
 * before what others wrote.
 */
export function walkOrder<T>(hottest: readonly T[], isAppCode: (item: T) => boolean): T[] {
  return [...hottest.filter(isAppCode), ...hottest.filter((item) => !isAppCode(item))];
}

/** The next place of a walk over `count` items that wraps; before its first step it is nowhere. */
export function step(count: number, from: number | undefined, by: 1 | -1): number {
  if (from === undefined) return by > 0 ? 0 : count - 1;
  return (from + by + count) % count;
}
