/** Gives every tick its place in time and the time that it stands for. */
import type { ProfileBuilder } from "../../profile/builder.ts";

/**
 * A tick stands for the time to the next one, but for no more than this many intervals: behind a
 * longer gap (a suspended process, a full sample buffer) nobody knows what ran.
 */
const maxWeightInIntervals = 10;
const usualInterval = 1000;

class Track {
  readonly thread: number;
  readonly first: number;
  last: number;
  lastSample = -1;

  constructor(thread: number, first: number) {
    this.thread = thread;
    this.first = first;
    this.last = first;
  }
}

/** The ticks of one isolate, or of several that write into one log at the same time. */
export class Timeline {
  readonly #builder: ProfileBuilder;
  readonly #tracks: Track[] = [];
  #pendingTracks = 1;
  readonly #firstThread: number;
  #interval = usualInterval;
  #lost = 0;
  #gaps = 0;

  constructor(builder: ProfileBuilder, firstThread: number) {
    this.#builder = builder;
    this.#firstThread = firstThread;
  }

  /** Threads that ticks were seen of, or one. */
  get threads(): number {
    return Math.max(1, this.#tracks.length);
  }

  /** Microseconds. */
  set interval(interval: number) {
    if (interval > 0) this.#interval = interval;
  }

  /** Another isolate, whose clock starts at 0 too, begins to write into the same log. */
  addTrack(): void {
    this.#pendingTracks++;
  }

  add(node: number, time: number): void {
    const track = this.#trackOf(time);
    if (track.lastSample >= 0) this.#weigh(track, time - track.last);
    track.last = Math.max(time, track.last);
    const since = track.last - track.first;
    track.lastSample = this.#builder.sample(node, since, 0, track.thread);
  }

  finish(): void {
    for (const track of this.#tracks) this.#weigh(track, this.#interval);
    if (this.#gaps === 0) return;
    const lost = (this.#lost / 1000).toFixed(0);
    this.#builder.warn(
      "lost-time",
      `In gaps between samples ${lost} ms are given to no function.`,
      this.#gaps,
    );
  }

  #weigh(track: Track, elapsed: number): void {
    const limit = this.#interval * maxWeightInIntervals;
    const weight = Math.min(Math.max(elapsed, 0), limit);
    if (elapsed > limit) {
      this.#gaps++;
      this.#lost += elapsed - limit;
    }
    this.#builder.setWeight(track.lastSample, weight);
  }

  /**
   * Ticks do not name their isolate: it is the one whose clock stood there last. A time before
   * all of them is that of a clock that has only just started.
   */
  #trackOf(time: number): Track {
    let best: Track | undefined;
    for (const track of this.#tracks) {
      if (track.last <= time && (!best || track.last > best.last)) best = track;
    }
    if (best) return best;
    if (this.#pendingTracks === 0) return this.#tracks.at(-1)!;
    this.#pendingTracks--;
    const added = new Track(this.#firstThread + this.#tracks.length, time);
    this.#tracks.push(added);
    return added;
  }
}
