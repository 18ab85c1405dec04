/** Starts a runner from an artifact. Its process outlives us, and is noted so that it is found. */
import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import type { Environment } from "../toolchain/environment.ts";
import { launchArguments } from "./build-arguments.ts";
import type { Entry } from "./cache/entry-store.ts";
import { uninstall } from "./destinations.ts";
import { statePlaces } from "./places.ts";
import type { Destination } from "./platforms.ts";
import type { ProcessRecords } from "./processes/process-records.ts";
import { readTail, XcodeProcess } from "./processes/xcode-process.ts";
import { writeBelow } from "./runner-error.ts";
import { runnerVariables } from "./session/runner-protocol.ts";
import { patchTestRun, readTestRun, type TestRun, testTargets, writeTestRun } from "./xctestrun.ts";

export interface LaunchOptions {
  readonly destination: Destination;
  /** `Target/Class/method`. */
  readonly test: string;
  /** Seconds after which a runner that nobody asks anything ends by itself. */
  readonly idleSeconds: number;
  /** See `Places`. */
  readonly state: string;
  readonly records: ProcessRecords;
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/** A runner that was started, and may not have come up yet. */
export interface LaunchedRunner {
  readonly process: XcodeProcess;
  /** Absolute path of a folder that goes with it. */
  readonly folder: string;
  readonly port: number;
  readonly token: string;
  readonly instance: string;
  /** The `.xctestrun` that it was started with. */
  readonly testRun: string;
  /** Of what was installed to run it. */
  readonly bundleIds: readonly string[];
  /** The end of what xcodebuild has said. */
  said(): Promise<string>;
  /** Ends it and removes its folder. */
  end(): Promise<void>;
}

/** @throws RunnerError */
export async function launch(entry: Entry, options: LaunchOptions): Promise<LaunchedRunner> {
  const { destination, state, records, env, signal } = options;
  const instance = randomUUID();
  const token = randomBytes(32).toString("base64url");
  const folder = join(statePlaces(state).launches, instance);
  const log = join(folder, "xcodebuild.log");
  const testRun = join(folder, "runner.xctestrun");
  const discard = () => rm(folder, { recursive: true, force: true }).catch(() => {});
  // Before there is anything that would have to be found.
  const record = await records.begin(folder, folder);
  try {
    await writeBelow(state, () => mkdir(folder, { recursive: true, mode: 0o700 }));
    const port = await freePort();
    const original = await readTestRun(entry.testRun, { env, signal });
    const bundleIds = bundleIdsOf(original);
    await uninstall(destination, bundleIds, { env, signal });
    const variables = {
      [runnerVariables.port]: String(port),
      [runnerVariables.token]: token,
      [runnerVariables.instance]: instance,
      [runnerVariables.idleSeconds]: String(options.idleSeconds),
    };
    const patched = patchTestRun(original, entry.products, variables);
    await writeBelow(state, () => writeTestRun(testRun, patched, { env, signal }));
    signal.throwIfAborted();
    const process = await XcodeProcess.start({
      args: launchArguments({ destination, test: options.test, testRun }),
      cwd: folder,
      env,
      records,
      record,
      log,
    });
    return {
      process,
      folder,
      port,
      token,
      instance,
      testRun,
      bundleIds,
      said: () => readTail(log),
      async end() {
        await process.stop();
        await discard();
      },
    };
  } catch (error) {
    await discard();
    await records.end(record);
    throw error;
  }
}

function bundleIdsOf(run: TestRun): string[] {
  const ids = testTargets(run).flatMap(({ TestHostBundleIdentifier: id }) => id ?? []);
  return [...new Set(ids)];
}

/** Nobody listens there now; who comes in between is found out by the health check. */
async function freePort(): Promise<number> {
  const server = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once("error", reject);
  server.listen({ host: "127.0.0.1", port: 0 }, () => {
    const { port } = server.address() as AddressInfo;
    server.close(() => resolve(port));
  });
  return promise;
}
