/** How long a main thread has shown no sign of life, by a clock that nobody sets. */
export class Heartbeat {
  #beatAt: number;
  #aliveAt: number;
  #isTrusted: boolean;

  /**
   * @param beatAt when its file was touched, in whatever unit: only changes count
   * @param isTrusted whether the file is certainly that of the process; a change proves it
   */
  constructor(beatAt: number, now: number, isTrusted: boolean) {
    this.#beatAt = beatAt;
    this.#aliveAt = now;
    this.#isTrusted = isTrusted;
  }

  /** When its file was touched last. */
  get beatAt(): number {
    return this.#beatAt;
  }

  /** Gives whether it has beaten since the last look. */
  look(beatAt: number, now: number): boolean {
    if (beatAt === this.#beatAt) return false;
    this.#beatAt = beatAt;
    this.#aliveAt = now;
    this.#isTrusted = true;
    return true;
  }

  /** It could not beat for a reason that is not its own. */
  excuse(now: number): void {
    this.#aliveAt = now;
  }

  /** Milliseconds, at least. */
  silentMs(now: number): number {
    return this.#isTrusted ? Math.max(0, now - this.#aliveAt) : 0;
  }
}
