/** Moves a camera over time, in the browser's frames; at once for people who prefer less motion. */
import { between, type Camera } from "./camera.ts";

const glideMs = 160;

export class Glide {
  #from: Camera | undefined;
  #to: Camera | undefined;
  #start = 0;

  /** Where the camera is heading; undefined when it rests. */
  get target(): Camera | undefined {
    return this.#to;
  }

  begin(from: Camera, to: Camera, now: number): void {
    this.#from = from;
    this.#to = to;
    this.#start = prefersReducedMotion() ? Number.NEGATIVE_INFINITY : now;
  }

  stop(): void {
    this.#to = undefined;
  }

  /** The camera at a time, or undefined when it rests. */
  at(now: number): Camera | undefined {
    const from = this.#from;
    const to = this.#to;
    if (!from || !to) return undefined;
    const t = (now - this.#start) / glideMs;
    if (t >= 1) {
      this.stop();
      return to;
    }
    return between(from, to, 1 - (1 - Math.max(0, t)) ** 3);
  }
}

function prefersReducedMotion(): boolean {
  return (
    document.body.classList.contains("vscode-reduce-motion") ||
    matchMedia("(prefers-reduced-motion: reduce)").matches
  );
}
