/** Lets work clean up after itself when Ctrl-C comes, and ends the process then. */
const interrupts = { SIGINT: 130, SIGTERM: 143 } as const;

/** A second Ctrl-C ends the process at once. */
export async function untilInterrupted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const abort = (name: NodeJS.Signals) => stop.abort(name);
  const names = Object.keys(interrupts) as (keyof typeof interrupts)[];
  for (const name of names) process.once(name, abort);
  try {
    return await work(stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    return process.exit(interrupts[stop.signal.reason as keyof typeof interrupts]);
  } finally {
    for (const name of names) process.off(name, abort);
  }
}
