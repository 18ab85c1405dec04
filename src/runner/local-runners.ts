/** Runners by the Xcode of this machine: prepared once however many ask, and called replay-safely. */
import { randomUUID } from "node:crypto";
import { exportEntry, importEntry } from "./cache/archive.ts";
import { EntryStore } from "./cache/entry-store.ts";
import {
  type CacheBounds,
  defaultBounds,
  type ListedEntry,
  listEntries,
  pruneCache,
  removeUnlocked,
} from "./cache/prune.ts";
import { compilerStep } from "./compiler-step.ts";
import { Hasher } from "./hashing/hasher.ts";
import { notPrepared } from "./not-prepared.ts";
import { PhaseClock } from "./phase-clock.ts";
import { placesOf, statePlaces } from "./places.ts";
import { type PreparePlan, planPreparation } from "./prepare-plan.ts";
import {
  type PrepareInput,
  type PrepareResult,
  type PrepareState,
  prepareInputSchema,
} from "./prepare-result.ts";
import { type PrepareProgress, Preparing } from "./preparing.ts";
import { prewarm } from "./prewarm.ts";
import { ProcessRecords } from "./processes/process-records.ts";
import type {
  CommandAnswer,
  CommandInput,
  PrepareListener,
  PrewarmAnswer,
  RunnerService,
  RunnerTask,
  StatusAnswer,
  StatusInput,
  StopInput,
} from "./provider.ts";
import { RunnerError } from "./runner-error.ts";
import { type RunnerRecord, RunnerRecords } from "./runner-records.ts";
import { stateOf } from "./runner-state.ts";
import { endRecorded, lives } from "./running.ts";
import { LocalSession } from "./session/local-session.ts";
import { type Session, sendOnce } from "./session/replay.ts";
import { SharedWork, TimeIsUp } from "./shared-work.ts";
import { Toolchains } from "./toolchain.ts";

export interface LocalRunnersOptions {
  /** Of places, by default the process's own. */
  readonly baseEnv?: NodeJS.ProcessEnv;
  /** Seconds after which a runner that nobody asks anything ends by itself. Default 30 minutes. */
  readonly idleSeconds?: number;
}

const defaultIdleSeconds = 1_800;
/** Whoever waits sees that time goes on. */
const beatMs = 1_000;

type Work = SharedWork<PrepareResult, PrepareProgress>;

export class LocalRunners implements RunnerService {
  readonly #baseEnv: NodeJS.ProcessEnv;
  readonly #idleSeconds: number;
  readonly #hasher = new Hasher();
  readonly #toolchains = new Toolchains();
  readonly #processes: ProcessRecords;
  readonly #runners: RunnerRecords;
  readonly #works = new Map<string, Work>();
  #warming = new AbortController();
  #pruning: Promise<unknown> = Promise.resolve();

  constructor({
    baseEnv = process.env,
    idleSeconds = defaultIdleSeconds,
  }: LocalRunnersOptions = {}) {
    this.#baseEnv = baseEnv;
    this.#idleSeconds = idleSeconds;
    const { state } = placesOf(undefined, baseEnv);
    this.#processes = new ProcessRecords(statePlaces(state).processes);
    this.#runners = new RunnerRecords(state);
  }

  async prepare(
    input: PrepareInput,
    task: RunnerTask,
    listener: PrepareListener = {},
  ): Promise<PrepareResult> {
    // What is warmed for it must not stand in its way.
    this.#warming.abort();
    const until = performance.now() + input.timeoutMs;
    let diagnostics: PrepareResult["diagnostics"] = [];
    const clock = new PhaseClock((state) => tellState(state, input, task, listener));
    let last: PrepareState | undefined;
    const beating = setInterval(() => clock.beat(), beatMs);
    try {
      const plan = await this.#plan(input, task, clock);
      const { work, joined } = this.#work(plan);
      const result = await work.join({
        signal: task.signal,
        until,
        onProgress(progress) {
          if (progress.kind === "lines") listener.onLines?.(progress.lines);
          else if (progress.kind === "diagnostics") {
            diagnostics = progress.diagnostics;
            listener.onDiagnostics?.(diagnostics);
          } else {
            last = progress.state;
            if (clock.phase !== last.phase) clock.enter(last.phase);
            clock.say(last.detail);
          }
        },
      });
      // Of this caller's own waiting.
      return { ...result, timings: clock.timings, ...(joined && { joined }) };
    } catch (error) {
      task.signal?.throwIfAborted();
      const { phase, timings } = clock;
      const context = { phase, timings, warnings: [], diagnostics };
      return notPrepared(error instanceof TimeIsUp ? tooLate(input, last) : error, context);
    } finally {
      clearInterval(beating);
    }
  }

  async #plan(input: PrepareInput, task: RunnerTask, clock: PhaseClock): Promise<PreparePlan> {
    const time = new AbortController();
    const timer = setTimeout(() => time.abort(new TimeIsUp()), input.timeoutMs);
    const signal = AbortSignal.any([time.signal, ...(task.signal ? [task.signal] : [])]);
    const planner = {
      toolchains: this.#toolchains,
      hasher: this.#hasher,
      baseEnv: this.#baseEnv,
    };
    clock.enter("resolve");
    try {
      const onDetail = (detail: string) => clock.say(detail);
      return await planPreparation(input, planner, { env: task.env, signal, onDetail });
    } catch (error) {
      // Whatever gave up first.
      signal.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The one under way for the same thing, or a new one. */
  #work(plan: PreparePlan): { readonly work: Work; readonly joined: boolean } {
    const known = this.#works.get(plan.what);
    if (known?.canBeJoined) return { work: known, joined: true };
    const work: Work = new SharedWork(async (context) => {
      const shop = {
        hasher: this.#hasher,
        processes: this.#processes,
        runners: this.#runners,
        idleSeconds: this.#idleSeconds,
      };
      const result = await new Preparing(plan, context, shop).run();
      if (result.ok) this.#pruneSoon(plan);
      return result;
    });
    this.#works.set(plan.what, work);
    const forget = () => {
      if (this.#works.get(plan.what) === work) this.#works.delete(plan.what);
    };
    work.outcome.then(forget, forget);
    return { work, joined: false };
  }

  async runCommand(input: CommandInput, task: RunnerTask): Promise<CommandAnswer> {
    const record = await this.#only(input);
    const { name, arguments: args, mutating, id = randomUUID() } = input;
    const { state, sent } = await sendOnce(
      { id, name, arguments: args },
      this.#session(record, input, task),
      {
        mutating,
        freshSession: () => this.#freshSession(record, input, task),
        ...(task.signal && { signal: task.signal }),
      },
    );
    const replayed = sent > 1;
    return state.state === "done"
      ? { ok: true, id, result: state.result, replayed }
      : { ok: false, id, error: state.error, replayed };
  }

  #session(record: RunnerRecord, { timeoutMs }: CommandInput, task: RunnerTask): Session {
    return new LocalSession(record, timeoutMs, task.signal);
  }

  /** The device's runner if another has replaced it meanwhile, or one that is made ready anew. */
  async #freshSession(
    before: RunnerRecord,
    input: CommandInput,
    task: RunnerTask,
  ): Promise<Session> {
    const result = await this.prepare(prepareInputSchema.parse(before.input), task);
    if (!result.ok) {
      const { code, blame, message, output } = result.failure;
      throw new RunnerError(code, blame, `The runner is not ready any more: ${message}`, {
        output,
      });
    }
    const record = await this.#runners.get(before.device.key);
    if (!record) {
      throw new RunnerError(
        "not-prepared",
        "environment",
        "The runner has ended. Prepare it again.",
      );
    }
    return this.#session(record, input, task);
  }

  /** @throws RunnerError `not-prepared`, `which-device` */
  async #only(wanted: StopInput): Promise<RunnerRecord> {
    const [record, ...more] = await this.#matching(wanted);
    if (record && more.length === 0) return record;
    if (!record) {
      const message = "There is no such runner: prepare it first.";
      throw new RunnerError("not-prepared", "caller", message);
    }
    const names = [record, ...more].map(({ device: { name, udid } }) => `${name} (${udid})`);
    const message = `Several runners are ready; say which device: ${names.join(", ")}.`;
    throw new RunnerError("which-device", "caller", message);
  }

  async #matching({ platform, device }: StopInput): Promise<RunnerRecord[]> {
    return (await this.#runners.list()).filter(
      ({ device: own }) =>
        (platform === undefined || own.platform === platform) &&
        (device === undefined || own.udid === device),
    );
  }

  async status(input: StatusInput, task: RunnerTask): Promise<StatusAnswer> {
    const records = await this.#matching(input);
    const { command } = input;
    const states = await Promise.all(
      records.map((record) => stateOf(record, this.#processes, command, task.signal)),
    );
    return { runners: states };
  }

  async stop(input: StopInput, task: RunnerTask): Promise<StatusAnswer> {
    const records = await this.#matching(input);
    const stopped = await Promise.all(
      records.map(async (record) => {
        const state = await stateOf(record, this.#processes, undefined, task.signal);
        await this.#end(record);
        return state;
      }),
    );
    return { runners: stopped };
  }

  async prewarm(input: PrepareInput, task: RunnerTask): Promise<PrewarmAnswer> {
    if (this.#works.size > 0) return { warmed: [], skipped: "A runner is being prepared." };
    this.#warming = new AbortController();
    const signals = [this.#warming.signal, ...(task.signal ? [task.signal] : [])];
    const warm = { toolchains: this.#toolchains, hasher: this.#hasher };
    return prewarm(input, warm, { env: task.env, signal: AbortSignal.any(signals) });
  }

  async listCache(cacheDir?: string): Promise<readonly ListedEntry[]> {
    return listEntries(this.#store(cacheDir));
  }

  async pruneCache(bounds: CacheBounds, cacheDir?: string): Promise<readonly string[]> {
    const store = this.#store(cacheDir);
    return pruneCache(store, bounds, await this.#inUse(store));
  }

  async removeEntry(key: string, cacheDir?: string): Promise<boolean> {
    const store = this.#store(cacheDir);
    // Whoever calls may give anything: only what is listed is a folder of ours.
    if (!(await store.keys()).includes(key) || (await this.#inUse(store)).has(key)) return false;
    return removeUnlocked(store, key);
  }

  async exportEntry(key: string, file: string, task: RunnerTask, cacheDir?: string): Promise<void> {
    await exportEntry(this.#store(cacheDir), key, file, task);
  }

  async importEntry(file: string, task: RunnerTask, cacheDir?: string): Promise<string> {
    return importEntry(this.#store(cacheDir), file, task);
  }

  async dispose(): Promise<void> {
    this.#warming.abort();
    const records = await this.#runners.list();
    await Promise.allSettled(records.map((record) => this.#endIfOurs(record)));
    await this.#pruning;
    await this.#hasher.dispose();
  }

  #store(cacheDir?: string): EntryStore {
    return new EntryStore(placesOf(cacheDir, this.#baseEnv).cache, this.#hasher);
  }

  /** Keys that runners run from. */
  async #inUse({ folder }: EntryStore): Promise<ReadonlySet<string>> {
    const records = await this.#runners.list();
    const ofStore = records.filter(({ cacheFolder }) => cacheFolder === folder);
    // One that has ended by itself is still recorded.
    const keys = ofStore.map(async (record) =>
      (await lives(record, this.#processes)) ? [record.key] : [],
    );
    return new Set((await Promise.all(keys)).flat());
  }

  async #end(record: RunnerRecord): Promise<void> {
    await endRecorded(record, this.#processes);
    const now = await this.#runners.get(record.device.key);
    if (now?.instance === record.instance) await this.#runners.remove(record.device.key);
  }

  /** Another server's runners go on. */
  async #endIfOurs(record: RunnerRecord): Promise<void> {
    const known = await this.#processes.get(record.processRecord);
    if (known?.owner.pid === process.pid) await this.#end(record);
  }

  #pruneSoon({ input }: PreparePlan): void {
    const maxBytes = input.maxCacheBytes ?? defaultBounds.maxBytes;
    this.#pruning = this.#pruning
      .then(() => this.pruneCache({ ...defaultBounds, maxBytes }, input.cacheDir))
      // Nobody asked for it: it is tried again after the next preparation.
      .catch(() => {});
  }
}

function tellState(
  state: PrepareState,
  { timeoutMs }: PrepareInput,
  { onProgress }: RunnerTask,
  { onState }: PrepareListener,
): void {
  onState?.(state);
  const { phase, elapsedMs, detail } = state;
  const message =
    detail === "" ? phaseNames[phase] : `${phaseNames[phase]}: ${compilerStep(detail)}`;
  onProgress?.({ message, done: Math.round(elapsedMs), total: timeoutMs, unit: "ms" });
}

const phaseNames: Readonly<Record<PrepareState["phase"], string>> = {
  resolve: "Looking what is there",
  wait: "Waiting",
  restore: "Looking for a cached runner",
  validate: "Checking the cached runner",
  build: "Building the runner",
  launch: "Launching the runner",
  health: "Waiting for the runner's answer",
};

function tooLate({ timeoutMs }: PrepareInput, last: PrepareState | undefined): RunnerError {
  const doing = last && last.detail !== "" ? ` (${compilerStep(last.detail)})` : "";
  const message = `The runner was not ready within ${timeoutMs / 1000} s${doing}.`;
  return new RunnerError("timeout", "environment", message);
}
