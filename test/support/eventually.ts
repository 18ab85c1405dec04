/** For what becomes true in its own time. */
import { setTimeout as sleep } from "node:timers/promises";

/** Asks until the check passes; fails with what the check said last. */
export async function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  const giveUp = Date.now() + 30_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > giveUp) throw error;
      await sleep(50);
    }
  }
}
