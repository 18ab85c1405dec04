/** Which run of a trace a table belongs to, where a query matched those of several. */

/**
 * Counted from 1 in the order of the trace; 0 when the node's path does not say. Not the run's
 * number: where runs were deleted, the first is number 2 or 3.
 */
export function runPlaceOf({ xpath }: { readonly xpath: string }): number {
  return Number(/\/run\[(\d{1,9})\]/.exec(xpath)?.[1] ?? 0);
}

/**
 * The tables of one run: the wanted one, or the first. A file of one run only is that run's,
 * whatever its paths say: exports are made run by run.
 */
export function tablesOfRun<T extends { readonly xpath: string }>(
  tables: readonly T[],
  wanted: number | undefined,
): T[] {
  const places = new Set(tables.map(runPlaceOf));
  const [first] = places;
  const place = wanted === undefined || places.size === 1 ? first : wanted;
  return tables.filter((table) => runPlaceOf(table) === place);
}
