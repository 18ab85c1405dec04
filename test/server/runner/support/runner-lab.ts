/** A Mac, a user's folders and a runner's project to prepare, with nothing left of them afterwards. */
import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tryLock } from "../../../../src/runner/file-lock.ts";
import { LocalRunners } from "../../../../src/runner/local-runners.ts";
import {
  type Prepared,
  type PrepareInput,
  type PrepareResult,
  prepareInputSchema,
} from "../../../../src/runner/prepare-result.ts";
import type { RunnerTask } from "../../../../src/runner/provider.ts";
import type { TaskOptions } from "../../../../src/toolchain/progress.ts";
import { scenarioVariable } from "../../../toolchain/call.ts";
import { type AppleTools, type Scenario, withAppleTools } from "../../../toolchain/scenario.ts";
import { makeProject, scheme } from "./project.ts";

export { makeProject, scheme } from "./project.ts";

export interface RunnerLab {
  readonly tools: AppleTools;
  readonly home: string;
  readonly project: string;
  readonly cache: string;
  readonly state: string;
  readonly baseEnv: NodeJS.ProcessEnv;
  runners(): LocalRunners;
  input(more?: Partial<PrepareInput>): PrepareInput;
  task(options?: TaskOptions): RunnerTask;
  /** Another Mac from now on, with the same past. */
  change(scenario: Scenario): void;
  /** As after a first preparation, whose runner was stopped: an entry, and nothing that runs. */
  fill(): Promise<void>;
  calls(action: string): ReturnType<AppleTools["calls"]>;
  /** What stands below the user's folders only while something goes on, and halves of anything. */
  leftovers(): string[];
  /** Locks that somebody holds. */
  heldLocks(): Promise<string[]>;
  /** All that still runs on this Mac, servers too. */
  processes(): number[];
  dispose(): Promise<void>;
}

const quick: Scenario["times"] = { scale: 0.002 };

export function runnerLab(scenario: Scenario = {}): RunnerLab {
  const whole = (each: Scenario): Scenario => ({ ...each, times: { ...quick, ...each.times } });
  const tools = withAppleTools(whole(scenario));
  const home = mkdtempSync(join(tmpdir(), "hangscope-runner-"));
  const project = makeProject(join(home, "project"));
  const cache = join(home, "data", "runner", "cache");
  const state = join(home, "data", "runner", "state");
  const baseEnv = { HANGSCOPE_HOME: join(home, "data") };
  const made: LocalRunners[] = [];
  return {
    tools,
    home,
    project,
    cache,
    state,
    baseEnv,
    runners() {
      const runners = new LocalRunners({ baseEnv, idleSeconds: 60 });
      made.push(runners);
      return runners;
    },
    input: (more = {}) =>
      prepareInputSchema.parse({ platform: "ios", project, scheme, timeoutMs: 60_000, ...more }),
    task: (options = {}) => ({ ...options, env: tools.env }),
    change: (next) => tools.change(whole(next)),
    async fill() {
      cpSync(await filledCache(), cache, { recursive: true, verbatimSymlinks: true });
      mkdirSync(join(tools.dir, "attempts"), { recursive: true });
      // The entry's products say that they are of the first build.
      writeFileSync(join(tools.dir, "attempts", "build.1"), "");
    },
    calls: (action) =>
      tools.calls().filter(({ tool, args }) => tool === "xcodebuild" && args[0] === action),
    leftovers: () => leftovers(cache, state),
    heldLocks: () => heldLocks([join(cache, "locks"), join(state, "locks")]),
    processes: () => processesWith(`${scenarioVariable}=${tools.env[scenarioVariable]}`),
    async dispose() {
      try {
        await Promise.all(made.map((runners) => runners.dispose()));
        assert.deepEqual(tools.live(), [], "processes left");
      } finally {
        tools.remove();
        rmSync(home, { recursive: true, force: true, maxRetries: 3 });
      }
    },
  };
}

let filled: Promise<string> | undefined;

/** A cache that names nothing of where it was made: what was built once serves every lab. */
function filledCache(): Promise<string> {
  filled ??= fillOnce();
  return filled;
}

async function fillOnce(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "hangscope-filled-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const lab = runnerLab();
  try {
    prepared(await lab.runners().prepare(lab.input(), lab.task()));
    cpSync(lab.cache, folder, { recursive: true, verbatimSymlinks: true });
  } finally {
    await lab.dispose();
  }
  return folder;
}

const list = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);

function leftovers(cache: string, state: string): string[] {
  const below = (folder: string, ...names: string[]) =>
    names.flatMap((name) => list(join(folder, name)));
  const passing = [...below(cache, "staging", "trash"), ...below(state, "launches", "processes")];
  const halves = [
    ...below(cache, "bad", "used", "locks"),
    ...below(state, "devices", "locks"),
  ].filter((name) => /\.partial$|-(?:journal|wal|shm)$/.test(name));
  const halfEntries = list(join(cache, "entries")).filter((key) => {
    const has = new Set(list(join(cache, "entries", key)));
    return !["manifest.json", "files.json", "products"].every((name) => has.has(name));
  });
  return [...passing, ...halves, ...halfEntries];
}

async function heldLocks(folders: readonly string[]): Promise<string[]> {
  const held: string[] = [];
  for (const folder of folders) {
    for (const name of list(folder).filter((each) => each.endsWith(".lock"))) {
      const lock = await tryLock(join(folder, name));
      lock?.release();
      if (!lock) held.push(name);
    }
  }
  return held;
}

/** By what stands in their environment, which they inherit: whoever started them. Linux. */
function processesWith(variable: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/environ`, "utf8").split("\0").includes(variable);
      } catch {
        return false;
      }
    })
    .map(Number)
    .sort((a, b) => a - b);
}

export function prepared(result: PrepareResult): Prepared {
  assert.ok(result.ok, JSON.stringify(result, undefined, 1));
  return result;
}
