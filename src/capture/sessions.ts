/** Captures under way: what the tools that start and stop them do. */
import { rm } from "node:fs/promises";
import { basename } from "node:path";
import { identify } from "../toolchain/process-identity/identity.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import { untilAborted } from "../toolchain/until-aborted.ts";
import { adoptSession } from "./adopted-session.ts";
import { describeProcess } from "./apple/apple-target.ts";
import type { CaptureSessions, StartOptions, StoppedCapture } from "./capture.ts";
import { CaptureError } from "./capture-error.ts";
import { type Recording, Recordings } from "./recordings.ts";
import type { Session } from "./session.ts";
import type { CapturedHang, SessionWatch, StartWatch, WatchOptions } from "./session-watch.ts";
import { startSession } from "./start-session.ts";
import { type CaptureRecord, createCapture, readRecord, writeRecord } from "./storage.ts";
import { isOver, sweepWatched } from "./sweep-watched.ts";
import { titleOf } from "./v8/collect.ts";

export type CaptureEvent =
  | { readonly kind: "capture-started"; readonly sessionId: string; readonly title: string }
  /** The program ended, the target is gone, or the capture was stopped. Said once. */
  | { readonly kind: "capture-ended"; readonly sessionId: string }
  /** Of a watched session. Said once for each time that a main thread did not respond. */
  | ({ readonly kind: "hang-captured"; readonly sessionId: string } & CapturedHang);

interface Entry {
  readonly directory: string;
  readonly record: CaptureRecord;
  readonly session: Session;
  readonly watch?: SessionWatch;
  ended: boolean;
  /** The result, or on its way: everyone who stops the capture gets the same. */
  result?: Promise<StoppedCapture>;
}

/** For those who stop a capture that another client has just stopped. */
const keptResults = 20;

export interface SessionsOptions {
  /** Folder for what the next server needs to go on with captures when this one dies. */
  readonly recordings?: string;
  /** Without it no session can be watched. */
  readonly startWatch?: StartWatch;
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

  const watching = (
    sessionId: string,
    directory: string,
    watch: WatchOptions | undefined,
    isAdopted: boolean,
  ): { watch?: SessionWatch } => {
    if (!watch || !options.startWatch) return {};
    const onHang = (hang: CapturedHang) => onEvent({ kind: "hang-captured", sessionId, ...hang });
    return { watch: options.startWatch({ ...watch, directory, isAdopted, onHang }) };
  };

  /** The next server need not know of it. */
  const forget = async (sessionId: string) => {
    await recordings?.remove(sessionId);
    end(sessionId);
  };

  /**
   * What ends with the server is collected: nobody may come to stop it. What goes on without it,
   * and what cannot be collected in time, is left to the next server.
   */
  const leave = async (sessionId: string, entry: Entry) => {
    if (entry.session.outlivesServer) return entry.watch?.abandon();
    try {
      await untilAborted(collect(entry, {}), AbortSignal.timeout(leaveMs));
    } catch (error) {
      void entry.session.abandon().catch(() => {});
      await entry.watch?.abandon();
      if (!isLost(error)) return;
    }
    await recordings?.remove(sessionId);
  };

  const forgetOldest = () => {
    const stopped = [...entries].filter(([, { result }]) => result);
    for (const [sessionId] of stopped.slice(0, -keptResults)) entries.delete(sessionId);
  };

  return {
    async start(given, task, env = {}) {
      const options = checked(given);
      await sweepWatched(options.directory);
      const record = recordOf(options);
      const { id, directory } = await createCapture(options.directory, record);
      // A program can end before it is entered here.
      let endedEarly = false;
      const onEnded = () => {
        endedEarly = true;
        end(id);
      };
      let session: Session | undefined;
      try {
        session = await startSession(options, directory, onEnded, task, env);
        const { node } = session.started;
        const { apple } = session;
        const complete = { ...record, ...(node && { node }), ...(apple && { apple }) };
        await writeRecord(directory, complete);
        await recordings?.add({
          sessionId: id,
          directory,
          sampler: options.sampler,
          ...(options.watch && { watch: options.watch }),
          target: session.recordedAs ?? (await recordedTarget(options.target, session.started.pid)),
        });
        task.signal?.throwIfAborted();
        const watched = watching(id, directory, options.watch, false);
        entries.set(id, { directory, record: complete, session, ...watched, ended: false });
        onEvent({ kind: "capture-started", sessionId: id, title: record.title });
        if (endedEarly) end(id);
        return { sessionId: id, title: record.title, directory, ...session.started };
      } catch (error) {
        // Nobody has its id to stop it by. What fails now matters less than what failed first.
        await session?.abandon().catch(() => {});
        await recordings?.remove(id).catch(() => {});
        await rm(directory, { recursive: true, force: true }).catch(() => {});
        throw error;
      }
    },

    async adopt() {
      for (const recording of (await recordings?.list()) ?? []) {
        const { sessionId, directory } = recording;
        const record = await readRecord(directory);
        const isLeft = recording.watch !== undefined && (await isOver(directory));
        if (isLeft) await rm(directory, { recursive: true, force: true });
        if (isLeft || record === undefined || record.endedAt !== undefined) {
          await recordings?.remove(sessionId);
          continue;
        }
        const own = { ...record, recorder: process.pid };
        await writeRecord(directory, own);
        const session = adoptSession(recording, () => end(sessionId));
        const watched = watching(sessionId, directory, recording.watch, true);
        entries.set(sessionId, { directory, record: own, session, ...watched, ended: false });
        onEvent({ kind: "capture-started", sessionId, title: record.title });
      }
    },

    async stop(sessionId, task) {
      const entry = entries.get(sessionId);
      if (!entry) {
        const problem = `No capture ${sessionId} is under way: it was stopped long ago`;
        throw new CaptureError("unknown-session", `${problem}, or the server was restarted.`);
      }
      entry.result ??= collect(entry, task).then(
        async (stopped) => {
          await forget(sessionId);
          forgetOldest();
          return stopped;
        },
        async (error: unknown) => {
          // What was captured is still there: another stop can have it.
          delete entry.result;
          if (isLost(error)) {
            await forget(sessionId);
            entries.delete(sessionId);
          }
          throw error;
        },
      );
      return entry.result;
    },

    get needServer() {
      return [...entries.values()].some(
        ({ ended, session, watch }) => watch?.isNeeded || (!ended && !session.outlivesServer),
      );
    },

    async dispose() {
      const left = [...entries].filter(([, { result }]) => !result);
      entries.clear();
      await Promise.all(left.map(([sessionId, entry]) => leave(sessionId, entry)));
    },
  };
}

/** How long captures get to be collected when the server leaves. */
const leaveMs = 8_000;

function isLost(error: unknown): boolean {
  return error instanceof CaptureError && error.code === "capture-lost";
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
  { directory, record, session, watch }: Entry,
  task: TaskOptions,
): Promise<StoppedCapture> {
  if (watch) return endWatch(session, watch, task);
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

/** Its evidence is kept beside its folder already. */
async function endWatch(
  session: Session,
  watch: SessionWatch,
  task: TaskOptions,
): Promise<StoppedCapture> {
  task.onProgress?.({ message: "Finishing what is being captured" });
  const { hangs, warnings } = await untilAborted(watch.settle(), task.signal);
  const stopped = await session.stop(task);
  await watch.clear();
  return { ...stopped, hangs, warnings: [...stopped.warnings, ...warnings] };
}

/** @throws CaptureError `not-watchable`. */
function checked(options: StartOptions): StartOptions {
  if (!options.watch) return options;
  if (options.target.kind === "command") return { ...options, sampler: "prof" };
  const advice = "start it from here, or capture what it is stuck on when it is";
  throw new CaptureError("not-watchable", `What runs already cannot be watched: ${advice}.`);
}

function recordOf({ target, sampler, title, watch }: StartOptions): CaptureRecord {
  const command = describe(target);
  return {
    title: title ?? command,
    command,
    sampler: samplerOf(target, sampler),
    ...(watch && { isWatched: true }),
    startedAt: new Date().toISOString(),
    recorder: process.pid,
    profiles: [],
  };
}

function samplerOf(
  { kind }: StartOptions["target"],
  sampler: StartOptions["sampler"],
): CaptureRecord["sampler"] {
  if (kind === "command") return sampler;
  return kind === "apple" ? "xctrace" : "inspector";
}

function describe(target: StartOptions["target"]): string {
  switch (target.kind) {
    case "command":
      return titleOf(target.argv, target.cwd);
    case "inspector":
      return `inspector ${target.address}`;
    case "process":
      return `process ${target.pid}`;
    case "apple":
      return describeProcess(target);
  }
}
