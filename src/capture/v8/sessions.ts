/** Captures under way: what `v8.start` and `v8.stop` do. */

import { rm } from "node:fs/promises";
import { basename } from "node:path";
import type { Environment } from "../../toolchain/environment.ts";
import { identify } from "../../toolchain/process-identity/identity.ts";
import type { TaskOptions } from "../../toolchain/progress.ts";
import { adoptSession } from "./adopted-session.ts";
import type { CaptureSessions, StartOptions, StoppedCapture } from "./capture.ts";
import { CaptureError } from "./capture-error.ts";
import { titleOf } from "./collect.ts";
import {
  type CommandTarget,
  collectCommand,
  LaunchedProgram,
  planCommand,
} from "./command-session.ts";
import { InspectorSession, type InspectorTarget } from "./inspector-session.ts";
import { type Recording, Recordings } from "./recordings.ts";
import type { Session } from "./session.ts";
import { type CaptureRecord, createCapture, readRecord, writeRecord } from "./storage.ts";

export type CaptureEvent =
  | { readonly kind: "capture-started"; readonly sessionId: string; readonly title: string }
  /** The program ended, the target is gone, or the capture was stopped. Said once. */
  | { readonly kind: "capture-ended"; readonly sessionId: string };

interface Entry {
  readonly directory: string;
  readonly record: CaptureRecord;
  readonly session: Session;
  ended: boolean;
  /** The result, or on its way: everyone who stops the capture gets the same. */
  result?: Promise<StoppedCapture>;
}

/** For those who stop a capture that another client has just stopped. */
const keptResults = 20;

export interface SessionsOptions {
  /** Folder for what the next server needs to go on with captures when this one dies. */
  readonly recordings?: string;
}

export function createCaptureSessions(
  onEvent: (event: CaptureEvent) => void,
  options: SessionsOptions = {},
): CaptureSessions {
  const entries = new Map<string, Entry>();
  const recordings =
    options.recordings === undefined ? undefined : new Recordings(options.recordings);

  const end = (sessionId: string) => {
    const entry = entries.get(sessionId);
    if (!entry || entry.ended) return;
    entry.ended = true;
    onEvent({ kind: "capture-ended", sessionId });
  };

  const forgetOldest = () => {
    const stopped = [...entries].filter(([, { result }]) => result);
    for (const [sessionId] of stopped.slice(0, -keptResults)) entries.delete(sessionId);
  };

  return {
    async start(options, task, env = {}) {
      const record = recordOf(options);
      const { id, directory } = await createCapture(options.directory, record);
      // A program can end before it is entered here.
      let endedEarly = false;
      const onEnded = () => {
        endedEarly = true;
        end(id);
      };
      try {
        const session = await startSession(options, directory, onEnded, task, env);
        const { node } = session.started;
        const complete = { ...record, ...(node && { node }) };
        await writeRecord(directory, complete);
        await recordings?.add({
          sessionId: id,
          directory,
          sampler: options.sampler,
          target: await recordedTarget(options.target, session.started.pid),
        });
        entries.set(id, { directory, record: complete, session, ended: false });
        onEvent({ kind: "capture-started", sessionId: id, title: record.title });
        if (endedEarly) end(id);
        return { sessionId: id, title: record.title, directory, ...session.started };
      } catch (error) {
        await rm(directory, { recursive: true, force: true });
        throw error;
      }
    },

    async adopt() {
      for (const recording of (await recordings?.list()) ?? []) {
        const { sessionId, directory } = recording;
        const record = await readRecord(directory);
        if (record === undefined || record.endedAt !== undefined) {
          await recordings?.remove(sessionId);
          continue;
        }
        const own = { ...record, recorder: process.pid };
        await writeRecord(directory, own);
        const session = adoptSession(recording, () => end(sessionId));
        entries.set(sessionId, { directory, record: own, session, ended: false });
        onEvent({ kind: "capture-started", sessionId, title: record.title });
      }
    },

    async stop(sessionId, task) {
      const entry = entries.get(sessionId);
      if (!entry) {
        const problem = `No capture ${sessionId} is under way: it was stopped long ago`;
        throw new CaptureError("unknown-session", `${problem}, or the server was restarted.`);
      }
      entry.result ??= collect(entry, task)
        .catch((error: unknown) => {
          entries.delete(sessionId);
          throw error;
        })
        .finally(async () => {
          await recordings?.remove(sessionId);
          end(sessionId);
          forgetOldest();
        });
      return entry.result;
    },

    async dispose() {
      const underWay = [...entries].filter(([, { result }]) => !result);
      entries.clear();
      await Promise.allSettled(
        underWay.map(async ([sessionId, { session }]) => {
          await session.abandon();
          if (!session.outlivesServer) await recordings?.remove(sessionId);
        }),
      );
    },
  };
}

async function recordedTarget(
  target: StartOptions["target"],
  pid: number | undefined,
): Promise<Recording["target"]> {
  if (target.kind !== "command") return { kind: "attached" };
  const program = target.launch === "server" && pid !== undefined && (await identify(pid));
  // One that has ended already leaves only what is to be collected.
  return program ? { kind: "server", program } : { kind: "caller" };
}

async function collect(
  { directory, record, session }: Entry,
  task: TaskOptions,
): Promise<StoppedCapture> {
  const stopped = await session.stop(task);
  const profiles = stopped.profiles.map(({ path, title, pid }) => ({
    file: basename(path),
    title,
    pid,
  }));
  const endedAt = new Date().toISOString();
  await writeRecord(directory, { ...record, endedAt, profiles });
  return stopped;
}

function recordOf({ target, sampler, title }: StartOptions): CaptureRecord {
  const command = describe(target);
  return {
    title: title ?? command,
    command,
    sampler: target.kind === "command" ? sampler : "inspector",
    startedAt: new Date().toISOString(),
    recorder: process.pid,
    profiles: [],
  };
}

function describe(target: StartOptions["target"]): string {
  switch (target.kind) {
    case "command":
      return titleOf(target.argv, target.cwd);
    case "inspector":
      return `inspector ${target.address}`;
    case "process":
      return `process ${target.pid}`;
  }
}

function startSession(
  { target, sampler }: StartOptions,
  directory: string,
  onEnded: () => void,
  task: TaskOptions,
  env: Environment,
): Promise<Session> {
  return target.kind === "command"
    ? startCommand({ ...target, env: { ...env, ...target.env } }, sampler, directory, onEnded, task)
    : attach(target, directory, onEnded, task);
}

async function startCommand(
  target: CommandTarget,
  sampler: StartOptions["sampler"],
  directory: string,
  onEnded: () => void,
  { signal }: TaskOptions,
): Promise<Session> {
  const plan = await planCommand(target, sampler, directory, signal);
  const { node } = plan;
  if (target.launch === "caller") {
    return {
      started: { argv: plan.argv, cwd: target.cwd, env: plan.env, node },
      outlivesServer: true,
      stop: (task) => collectCommand(directory, sampler, task),
      abandon: async () => {},
    };
  }
  const program = await LaunchedProgram.start(plan, target);
  let endedByItself = false;
  void program.ended.then(() => {
    endedByItself = true;
    onEnded();
  });
  return {
    started: {
      argv: [],
      cwd: "",
      env: {},
      node,
      ...(program.pid !== undefined && { pid: program.pid }),
    },
    outlivesServer: false,
    async stop(task) {
      const exitCode = endedByItself ? program.exitCode : undefined;
      if (!endedByItself) task.onProgress?.({ message: "Ending the program" });
      await program.end();
      const collected = await collectCommand(directory, sampler, task);
      return { ...collected, ...(exitCode !== undefined && { exitCode }), output: program.output };
    },
    abandon: () => program.end(),
  };
}

async function attach(
  target: InspectorTarget,
  directory: string,
  onEnded: () => void,
  task: TaskOptions,
): Promise<Session> {
  const session = await InspectorSession.start(target, onEnded, task);
  return {
    started: { argv: [], cwd: "", env: {}, ...(session.pid !== undefined && { pid: session.pid }) },
    outlivesServer: false,
    stop: (stopTask) => session.stop(directory, stopTask),
    abandon: () => session.release(),
  };
}
