/**
 * Follows a log of V8's sampler while it is written, so that it can be read at any time although
 * its disk space stays bounded: `--prof` writes megabytes a second, and a tick means nothing
 * without all the code records before it.
 *
 *     const follower = await LogFollower.start({ path, signal });
 *     follower.state;                                   // { phase: "following", keptBytes, … }
 *     await follower.snapshot("/some/where/x.v8log", signal);  // a whole log of its own
 *     await follower.stop();                            // removes its files, leaves the log
 *
 * - **What is where.** The last 30 seconds stand in the log itself. What is older is moved to a
 *   file of the follower's without its ticks, in order; then its place in the log is given back to
 *   the disk (Linux: a hole is punched; the log's size stays, its blocks go). Where that cannot be
 *   done the log is followed up to a limit.
 * - **It never fails.** `start` answers for whatever the path holds, `state.phase` says `stopped`
 *   with a reason by name, and a snapshot gives what there is even then.
 * - **A thread for all.** All followers of a process share one worker thread. It keeps no process
 *   alive.
 * - **Its folder** is private, and `<path>.follow` unless another is given. What stands there is
 *   enough for another process to make a snapshot (`snapshotOf` in `snapshot.ts`; the logs that
 *   `armedLogs` and `logsInFolder` give have it), and for a new follower to go on after a crash.
 */
import {
  type FollowLimits,
  type FollowState,
  followReasons,
  newState,
  usualLimits,
} from "./follow-state.ts";
import { FollowThread } from "./follow-thread.ts";
import { followFolder, removeKept } from "./kept-state.ts";
import { snapshotOf } from "./snapshot.ts";

export interface FollowOptions {
  /** Of the log. It must exist: V8 makes it before it runs anything. */
  readonly path: string;
  /** Private to this follower; made if it is missing. */
  readonly folder?: string;
  readonly limits?: Partial<FollowLimits>;
  /** Stops it, as `stop` does. */
  readonly signal?: AbortSignal;
  /** Called once when the log is followed no longer, unless by `stop`. */
  readonly onStopped?: (state: FollowState) => void;
}

/** One thread for all followers of this process. */
const thread = new FollowThread();

export class LogFollower {
  readonly path: string;
  readonly folder: string;
  #id = -1;
  #state: FollowState = newState;
  #stopping: Promise<void> | undefined;
  readonly #onStopped: FollowOptions["onStopped"];

  /** Answers after the first look at the log. Throws the signal's reason and nothing else. */
  static async start(options: FollowOptions): Promise<LogFollower> {
    options.signal?.throwIfAborted();
    const follower = new LogFollower(options);
    await follower.#begin(options);
    return follower;
  }

  private constructor({ path, folder = followFolder(path), onStopped }: FollowOptions) {
    this.#onStopped = onStopped;
    this.path = path;
    this.folder = folder;
  }

  get state(): FollowState {
    return this.#state;
  }

  /**
   * Writes what can be known of the log now: all its records, and its ticks of the last seconds.
   * The file appears whole or not at all.
   * @returns the state that it was written in
   * @throws the signal's reason; what the file system says of `output`.
   */
  async snapshot(output: string, signal?: AbortSignal): Promise<FollowState> {
    if (this.#state.reason !== "thread-ended") {
      const state = await thread.snapshot(this.#id, output, signal);
      this.#take(state);
      return state;
    }
    await snapshotOf(this.folder, output, signal);
    return this.#state;
  }

  /** Ends it and removes its files. The log stays, with what was given back missing. */
  async stop(): Promise<void> {
    this.#stopping ??= thread.stop(this.#id);
    await this.#stopping;
    removeKept(this.folder);
    const { phase, ...rest } = this.#state;
    if (phase === "following") {
      this.#state = { ...rest, phase: "stopped", ...why("stopped") };
    }
  }

  #take(state: FollowState): void {
    if (this.#stopping) return;
    const wasFollowing = this.#state.phase === "following";
    this.#state = state;
    if (wasFollowing && state.phase === "stopped") this.#onStopped?.(state);
  }

  async #begin({ limits, signal }: FollowOptions): Promise<void> {
    const first = Promise.withResolvers<void>();
    const file = { path: this.path, folder: this.folder, limits: { ...usualLimits, ...limits } };
    this.#id = thread.start(file, (state) => {
      first.resolve();
      this.#take(state);
    });
    // Of one that is stopped no first look is told.
    const abort = () => void this.stop().then(first.resolve, first.resolve);
    signal?.addEventListener("abort", abort, { once: true });
    await first.promise;
    if (!signal?.aborted) return;
    await this.stop();
    signal.throwIfAborted();
  }
}

function why(reason: keyof typeof followReasons) {
  return { reason, message: followReasons[reason] };
}
