/**
 * When the user is asked about a server that is stuck: as soon as it is, and again after each wait
 * that was of no use. Pure: what is so comes in, and the time.
 */
import type { ServerState } from "../app.ts";

export type Patience =
  | { readonly kind: "calm" }
  /** The question stands before the user. */
  | { readonly kind: "asked" }
  /** The user chose to wait: milliseconds of the caller's clock. */
  | { readonly kind: "waiting"; readonly until: number };

export const calm: Patience = { kind: "calm" };

export function isStuck(state: ServerState): boolean {
  return (state.kind === "busy" || state.kind === "unresponsive") && state.isStuck;
}

/** The user has to be asked where this leads to `asked` from something else. */
export function look(before: Patience, state: ServerState, now: number): Patience {
  if (!isStuck(state)) return calm;
  const isDue = before.kind === "calm" || (before.kind === "waiting" && now >= before.until);
  return isDue ? { kind: "asked" } : before;
}

/** The user chose to wait. */
export function wait(before: Patience, now: number, patienceMs: number): Patience {
  return before.kind === "asked" ? { kind: "waiting", until: now + patienceMs } : before;
}
