import type { Warning } from "../../profile/profile.ts";

/** Warnings as they come up; many occurrences of one code are one warning. */
export class WarningList {
  readonly #warnings = new Map<string, { message: string; count: number }>();

  /** The first message of a code stays. */
  add(code: string, message: string, count = 1): void {
    const known = this.#warnings.get(code);
    if (known) known.count += count;
    else if (count > 0) this.#warnings.set(code, { message, count });
  }

  list(): Warning[] {
    return [...this.#warnings].map(([code, warning]) => ({ code, ...warning }));
  }
}
