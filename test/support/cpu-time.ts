/** For work whose cost must not explode: on a busy machine its own time says nothing of that. */

/** Milliseconds of processor time that this process spent meanwhile. */
export async function cpuMs(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
