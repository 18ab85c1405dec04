/** Like `Promise.all`, but nothing still runs when it fails: a cancel leaves no process behind. */
export async function allEnded<T extends readonly Promise<unknown>[]>(
  work: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  for (const each of await Promise.allSettled(work)) {
    if (each.status === "rejected") throw each.reason;
  }
  return Promise.all(work) as Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>;
}
