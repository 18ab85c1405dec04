/**
 * The way to a healthy runner: restore, validate, launch, health; or build, launch, health. What
 * is done in each step is given; here is only what follows from how it went.
 */
import type { Entry, Found } from "./cache/entry-store.ts";
import type { HeldLock } from "./file-lock.ts";
import type { Phase, Recovered } from "./prepare-result.ts";
import { RunnerError } from "./runner-error.ts";

/** @typeParam Runner what a launch gives */
export interface PreparationSteps<Runner> {
  enter(phase: Phase): void;
  /** A healthy runner of this key that runs already. */
  running(): Promise<Runner | undefined>;
  /** Takes away what else runs on the device. */
  clear(): Promise<void>;
  /** Nobody else makes or replaces the entry; `undefined` when the cache cannot be written. */
  lock(): Promise<HeldLock | undefined>;
  find(): Promise<Found>;
  /** Why an entry is not what was built. */
  validate(entry: Entry): Promise<string | undefined>;
  build(): Promise<Entry>;
  condemn(entry: Entry, reason: string): Promise<void>;
  launch(entry: Entry): Promise<Runner>;
  /** Ends the runner when it is not healthy. */
  health(runner: Runner, entry: Entry, limitMs: number): Promise<void>;
  /** Until the time for all phases is over. */
  remainingMs(): number;
}

export interface Outcome<Runner> {
  readonly runner: Runner;
  readonly cache: "hit" | "miss";
  readonly artifact: "restored" | "built" | "rebuilt";
  readonly started: "launched" | "running";
  readonly recovered?: Recovered;
}

interface Obtained {
  readonly entry: Entry;
  readonly cache: Outcome<unknown>["cache"];
  readonly artifact: Outcome<unknown>["artifact"];
}

/** A runner that is well answers within seconds once its simulator has started it. */
const healthMs = 120_000;

export class Preparation<Runner> {
  readonly #steps: PreparationSteps<Runner>;
  #reasons: string[] = [];

  constructor(steps: PreparationSteps<Runner>) {
    this.#steps = steps;
  }

  /** @param clean builds, whatever is cached. @throws RunnerError, and what the steps throw. */
  async run(clean: boolean): Promise<Outcome<Runner>> {
    const running = clean ? undefined : await this.#steps.running();
    if (running) {
      return { runner: running, cache: "hit", artifact: "restored", started: "running" };
    }
    await this.#steps.clear();
    const obtained = await this.#obtain(clean);
    const { artifact, runner } = await this.#bringUp(obtained);
    return { runner, cache: obtained.cache, artifact, started: "launched", ...this.#recovered() };
  }

  #recovered(): { readonly recovered?: Recovered } {
    const attempt = this.#reasons.length + 1;
    return attempt === 1 ? {} : { recovered: { reason: this.#reasons.join(" Then: "), attempt } };
  }

  async #obtain(clean: boolean): Promise<Obtained> {
    const { enter, find, validate, lock, build } = this.#steps;
    enter("wait");
    const held = await lock();
    try {
      enter("restore");
      const found: Found = clean ? { kind: "none" } : await find();
      if (found.kind === "none") {
        mustWrite(held);
        enter("build");
        return { entry: await build(), cache: "miss", artifact: "built" };
      }
      let problem: string | undefined;
      if (found.kind === "found") {
        enter("validate");
        problem = await validate(found.entry);
        if (problem === undefined) {
          return { entry: found.entry, cache: "hit", artifact: "restored" };
        }
      } else problem = found.reason;
      this.#reasons.push(`The cached runner was not used: ${problem}.`);
      mustWrite(held);
      enter("build");
      return { entry: await build(), cache: "hit", artifact: "rebuilt" };
    } finally {
      held?.release();
    }
  }

  /** A restored artifact that fails is rebuilt once; one that was just built is relaunched once. */
  async #bringUp({
    entry,
    artifact,
  }: Obtained): Promise<Pick<Outcome<Runner>, "artifact" | "runner">> {
    const { remainingMs } = this.#steps;
    const isRestored = artifact === "restored";
    try {
      // Time is left to build again.
      const limitMs = isRestored ? Math.min(healthMs, remainingMs() / 2) : healthMs;
      return { artifact, runner: await this.#start(entry, limitMs) };
    } catch (error) {
      if (!isArtifactsFault(error)) throw error;
      this.#reasons.push(error.message);
      if (!isRestored) return { artifact, runner: await this.#startLast(entry) };
      await this.#condemn(entry, error);
      const rebuilt = await this.#rebuild();
      return { artifact: "rebuilt", runner: await this.#startLast(rebuilt) };
    }
  }

  /** Nothing comes after this one. */
  async #startLast(entry: Entry): Promise<Runner> {
    try {
      return await this.#start(entry, healthMs);
    } catch (error) {
      if (isArtifactsFault(error)) await this.#condemn(entry, error);
      throw error;
    }
  }

  /** Who has taken the port in between says nothing of the artifact. */
  async #start(entry: Entry, limitMs: number): Promise<Runner> {
    try {
      return await this.#startOnce(entry, limitMs);
    } catch (error) {
      if (!(error instanceof RunnerError && error.code === "port-taken")) throw error;
      this.#reasons.push(error.message);
      return this.#startOnce(entry, limitMs);
    }
  }

  async #startOnce(entry: Entry, limitMs: number): Promise<Runner> {
    const { enter, launch, health } = this.#steps;
    enter("launch");
    const runner = await launch(entry);
    enter("health");
    await health(runner, entry, limitMs);
    return runner;
  }

  async #rebuild(): Promise<Entry> {
    const { enter, lock, build } = this.#steps;
    enter("wait");
    const held = await lock();
    try {
      mustWrite(held);
      enter("build");
      return await build();
    } finally {
      held?.release();
    }
  }

  async #condemn(entry: Entry, error: RunnerError): Promise<void> {
    try {
      await this.#steps.condemn(entry, error.message);
    } catch (cause) {
      const message = `${error.message} It cannot be marked as bad: ${(cause as Error).message}`;
      throw new RunnerError(error.code, error.blame, message, {
        cause: error,
        output: error.output,
      });
    }
  }
}

function isArtifactsFault(error: unknown): error is RunnerError {
  return error instanceof RunnerError && error.blame === "artifact";
}

function mustWrite(held: HeldLock | undefined): asserts held is HeldLock {
  if (held) return;
  const message =
    "The cache has no usable runner and cannot be written: choose another folder for it.";
  throw new RunnerError("not-writable", "environment", message);
}
