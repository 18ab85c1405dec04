/** Work in order that overlaps in time. */

/**
 * Runs `prepare` for several items at once and `finish` for one after the other, in the items'
 * order. At most `lanes` items are between the two, so what they hold is bounded.
 * @throws the first failure, after all that was begun has ended
 */
export async function inLanes<Item, Ready>(
  items: readonly Item[],
  lanes: number,
  prepare: (item: Item) => Promise<Ready>,
  finish: (item: Item, ready: Ready) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  let before = Promise.resolve();
  const lane = async () => {
    while (next < items.length && !failure) {
      const item = items[next++]!;
      const mine = Promise.withResolvers<void>();
      const turn = before;
      before = mine.promise;
      try {
        const ready = await prepare(item);
        await turn;
        if (!failure) await finish(item, ready);
      } catch (error) {
        failure ??= { error };
      } finally {
        mine.resolve();
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  if (failure) throw failure.error;
}
