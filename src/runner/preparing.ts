/** One preparation under way, for all who wait for it: its device's lock, its steps, its telling. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { build } from "./build.ts";
import { EntryStore } from "./cache/entry-store.ts";
import { boot, uninstall } from "./destinations.ts";
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import { Elsewhere } from "./elsewhere.ts";
import { type HeldLock, holdLock } from "./file-lock.ts";
import type { Hasher } from "./hashing/hasher.ts";
import { checkHealth } from "./health.ts";
import { type LaunchedRunner, launch } from "./launch.ts";
import { notPrepared } from "./not-prepared.ts";
import { runnerSource } from "./own-runner.ts";
import { PhaseClock } from "./phase-clock.ts";
import { statePlaces } from "./places.ts";
import { Preparation, type PreparationSteps } from "./preparation.ts";
import type { PreparePlan } from "./prepare-plan.ts";
import type { Prepared, PrepareResult, PrepareState } from "./prepare-result.ts";
import type { ProcessRecords } from "./processes/process-records.ts";
import { fullDisk, writeBelow } from "./runner-error.ts";
import type { RunnerRecord, RunnerRecords } from "./runner-records.ts";
import { endRecorded, serves } from "./running.ts";
import type { WorkContext } from "./shared-work.ts";
import { Throttled } from "./throttled.ts";
import { removeHalves } from "./whole-file.ts";

/** What is told of it while it goes on. */
export type PrepareProgress =
  | { readonly kind: "state"; readonly state: PrepareState }
  | { readonly kind: "lines"; readonly lines: readonly string[] }
  | { readonly kind: "diagnostics"; readonly diagnostics: readonly Diagnostic[] };

export interface Workshop {
  readonly hasher: Hasher;
  readonly processes: ProcessRecords;
  readonly runners: RunnerRecords;
  /** Seconds after which a runner that nobody asks anything ends by itself. */
  readonly idleSeconds: number;
}

/** Tells often enough for a person, and not more often. */
const tellMs = 100;

export class Preparing {
  readonly #plan: PreparePlan;
  readonly #context: WorkContext<PrepareProgress>;
  readonly #shop: Workshop;
  readonly #store: EntryStore;
  readonly #clock: PhaseClock;
  readonly #elsewhere: Elsewhere;
  readonly #lines: Throttled<string>;
  readonly #problems: Throttled<readonly Diagnostic[]>;
  readonly #warnings: string[] = [];
  #diagnostics: readonly Diagnostic[] = [];
  #telling: ReturnType<Elsewhere["begin"]> | undefined;

  constructor(plan: PreparePlan, context: WorkContext<PrepareProgress>, shop: Workshop) {
    this.#plan = plan;
    this.#context = context;
    this.#shop = shop;
    this.#store = new EntryStore(plan.places.cache, shop.hasher);
    this.#elsewhere = new Elsewhere(this.#locks, plan.deviceKey, plan.what);
    this.#clock = new PhaseClock((state) => {
      context.tell({ kind: "state", state });
      this.#telling?.state(state);
    });
    this.#lines = new Throttled(tellMs, (lines) => {
      context.tell({ kind: "lines", lines });
      const last = lines.findLast((line) => line.trim() !== "");
      if (last !== undefined) this.#clock.say(last.trim().slice(0, 200));
    });
    // Each time all of them are told: a build with a thousand would say a million.
    this.#problems = new Throttled(tellMs, (lists) => {
      const diagnostics = lists.at(-1);
      if (diagnostics) context.tell({ kind: "diagnostics", diagnostics });
    });
  }

  /** What was said so far is told before what comes next. */
  #flush(): void {
    this.#lines.flush();
    this.#problems.flush();
  }

  /** What went wrong is a result, too. @throws the signal's reason. */
  async run(): Promise<PrepareResult> {
    const { signal } = this.#context;
    let lock: HeldLock | undefined;
    let result: PrepareResult | undefined;
    try {
      lock = await this.#holdDevice();
      const done = await this.#elsewhere.result();
      if (done && (await this.#isStillSo(done))) return done;
      this.#telling = this.#elsewhere.begin();
      result = await this.#prepare();
      return result;
    } catch (error) {
      signal.throwIfAborted();
      result = notPrepared(error, {
        phase: this.#clock.phase,
        timings: this.#clock.timings,
        warnings: this.#warnings,
        diagnostics: this.#diagnostics,
      });
      return result;
    } finally {
      this.#flush();
      const telling = this.#telling;
      // What comes late is told to nobody else.
      this.#telling = undefined;
      await telling?.end(result);
      lock?.release();
    }
  }

  get #locks(): string {
    return statePlaces(this.#plan.places.state).locks;
  }

  async #holdDevice(): Promise<HeldLock> {
    const { places, deviceKey } = this.#plan;
    await writeBelow(places.state, () => mkdir(this.#locks, { recursive: true, mode: 0o700 }));
    let waits = false;
    return holdLock(join(this.#locks, `${deviceKey}.lock`), {
      signal: this.#context.signal,
      onWait: async () => {
        if (!waits) this.#clock.enter("wait");
        waits = true;
        const theirs = await this.#elsewhere.look();
        const what = theirs ? `${theirs.phase}: ${theirs.detail}` : "another preparation";
        this.#clock.say(`Waiting for this device (${what})`);
      },
    });
  }

  /** Their runner may have ended in between. */
  async #isStillSo(done: PrepareResult): Promise<boolean> {
    return !done.ok || (await this.#running()) !== undefined;
  }

  async #prepare(): Promise<Prepared> {
    const { env, key, destination, input } = this.#plan;
    const { signal, remainingMs } = this.#context;
    this.#clock.enter("resolve");
    await this.#reap();
    if (destination.profile.kind === "simulator") {
      this.#clock.say(`Booting ${destination.name}`);
    }
    await boot(destination, { env, signal }, remainingMs());
    const { runner, ...outcome } = await new Preparation(this.#steps()).run(input.clean);
    const record = "process" in runner ? await this.#record(runner) : runner;
    await this.#store.noteUse(key);
    const { device, port, instance, pid } = record;
    this.#flush();
    return {
      ok: true,
      ...outcome,
      key,
      xctestrunPath: record.testRun,
      runner: {
        device: device.udid,
        name: device.name,
        platform: device.platform,
        port,
        instance,
        fingerprint: key,
        pid,
      },
      timings: this.#clock.timings,
      warnings: this.#warnings,
      diagnostics: this.#diagnostics,
    };
  }

  /** What servers have left that were killed; not the runners that they left on other devices. */
  async #reap(): Promise<void> {
    const { processes, runners } = this.#shop;
    const { state } = this.#plan.places;
    for (const folder of [this.#locks, statePlaces(state).devices]) await removeHalves(folder);
    const kept = new Set((await runners.list()).map(({ processRecord }) => processRecord));
    await processes.reap(({ id }) => kept.has(id));
  }

  #steps(): PreparationSteps<LaunchedRunner | RunnerRecord> {
    const { env, key, destination, test, places, input, metadata } = this.#plan;
    const { signal, remainingMs } = this.#context;
    const { hasher, processes, idleSeconds } = this.#shop;
    const store = this.#store;
    return {
      enter: (phase) => {
        this.#flush();
        this.#clock.enter(phase);
      },
      remainingMs,
      running: () => this.#running(),
      clear: () => this.#clear(),
      lock: async () => {
        if (!(await store.isWritable())) {
          this.#warnings.push(`The cache cannot be written: ${places.cache}.`);
          return undefined;
        }
        const onWait = () => this.#clock.say("Waiting for another build of the same runner");
        return store.lock(key, { signal, onWait });
      },
      find: () => store.find(key),
      validate: (entry) => store.validate(entry, { whole: input.verify, signal }),
      build: () =>
        build(
          this.#plan,
          {
            key,
            metadata,
            env,
            signal,
            onLine: (line) => this.#lines.push(line),
            onDiagnostics: (diagnostics) => {
              this.#diagnostics = diagnostics;
              this.#problems.push(diagnostics);
            },
          },
          { store, hasher, records: processes },
        ),
      condemn: (entry, reason) => store.condemn(entry, reason),
      launch: (entry) => {
        const options = { destination, test, idleSeconds, records: processes, env, signal };
        return launch(entry, { ...options, state: places.state });
      },
      health: async (runner, _entry, limitMs) => {
        // A runner that runs already was found healthy.
        if (!("process" in runner)) return;
        try {
          await checkHealth(runner, { fingerprint: key, limitMs, signal });
        } catch (error) {
          await runner.end();
          // A runner that cannot write does not come up, however good it is.
          throw (await fullDisk(places.state, places.cache)) ?? error;
        }
      },
    };
  }

  /** One that was left by a server that has gone is ours from now on. */
  async #running(): Promise<RunnerRecord | undefined> {
    const { runners, processes } = this.#shop;
    const { deviceKey, key, places, test } = this.#plan;
    const record = await runners.get(deviceKey);
    const isSame =
      record?.key === key &&
      record.cacheFolder === places.cache &&
      runnerSource(record.input).test === test;
    if (!record || !isSame || !(await serves(record, this.#context.signal))) return undefined;
    const known = await processes.get(record.processRecord);
    if (known) await processes.adopt(known);
    return record;
  }

  async #clear(): Promise<void> {
    const { runners, processes } = this.#shop;
    const { deviceKey, destination, env } = this.#plan;
    const record = await runners.get(deviceKey);
    if (!record) return;
    await endRecorded(record, processes);
    await runners.remove(deviceKey);
    await uninstall(destination, record.bundleIds, { env, signal: this.#context.signal });
  }

  async #record(runner: LaunchedRunner): Promise<RunnerRecord> {
    const { destination, deviceKey, key, places, input } = this.#plan;
    const { profile, udid, name } = destination;
    try {
      this.#context.signal.throwIfAborted();
      const record: RunnerRecord = {
        device: { key: deviceKey, platform: profile.platform, kind: profile.kind, udid, name },
        key,
        cacheFolder: places.cache,
        port: runner.port,
        token: runner.token,
        instance: runner.instance,
        testRun: runner.testRun,
        processRecord: runner.process.record.id,
        pid: runner.process.pid,
        bundleIds: [...runner.bundleIds],
        input,
        startedAt: new Date().toISOString(),
      };
      await this.#shop.runners.set(record);
      return record;
    } catch (error) {
      await runner.end();
      throw error;
    }
  }
}
