/**
 * The thread that owns one profile: reads it, maps it to the original sources, answers queries.
 * Everything heavy happens here, so that no event loop of a server or an editor ever waits.
 */

import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { basename } from "node:path";
import { parentPort } from "node:worker_threads";
import { openProfile } from "../formats/open.ts";
import { decodeColumns, encodeColumns } from "../profile/columns.ts";
import type { ProfileMerger } from "../profile/merge.ts";
import type { Profile } from "../profile/profile.ts";
import { ProfileViews } from "../profile/views/profile-views.ts";
import { applySourceMaps } from "../symbols/source-maps/apply.ts";
import type { Environment } from "../toolchain/environment.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import { partialFile } from "./partial-file.ts";
import type { FromWorker, Request, ToWorker } from "./protocol.ts";

const port = parentPort;
if (!port) throw new Error("worker.ts runs in a worker thread only.");

/** Of a profile that is put together from others'. */
let merger: ProfileMerger | undefined;
let current: { readonly profile: Profile; readonly views: ProfileViews } | undefined;
/** Settles, never fails, when native names are in or cannot be had. */
let naming: Promise<void> = Promise.resolve();
const running = new Map<number, AbortController>();

port.on("message", (message: ToWorker) => {
  if (message.kind === "cancel") running.get(message.id)?.abort();
  else void answer(message.id, message.request);
});

async function answer(id: number, request: Request): Promise<void> {
  const abort = new AbortController();
  running.set(id, abort);
  try {
    if (request.kind === "hand-over") {
      const part = encodeColumns(opened().profile);
      port!.postMessage({ kind: "part", id, part } satisfies FromWorker, [part]);
      return;
    }
    const value = await run(request, {
      signal: abort.signal,
      onProgress: (progress) => send({ kind: "progress", id, progress }),
    });
    const result = encodeColumns(value ?? null);
    port!.postMessage({ kind: "result", id, result } satisfies FromWorker, [result]);
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    send({ kind: "error", id, error: { name, message } });
  } finally {
    running.delete(id);
  }
}

function run(request: Exclude<Request, { kind: "hand-over" }>, task: TaskOptions): unknown {
  switch (request.kind) {
    case "open":
      return openAndMap(request, task);
    case "await-names":
      return naming;
    case "query":
      return opened().views.answer(request.query);
    case "add-part":
      return addPart(request);
    case "join-parts":
      return joinParts(request.title);
    case "write":
      return write(opened().profile, request, task.signal);
  }
}

async function openAndMap(
  { path, workspaceFolders, env, nativeNames }: Extract<Request, { kind: "open" }>,
  { signal, onProgress }: TaskOptions,
): Promise<void> {
  const message = `Reading ${basename(path)}`;
  const read = await openProfile(path, {
    ...(signal && { signal }),
    onProgress: (done, total) => onProgress?.({ message, done, total, unit: "bytes" }),
  });
  // Compiled code has its lines already, and its sources name no maps.
  const isScripted = read.meta.format !== "xctrace";
  const options = { workspaceFolders, ...(signal && { signal }) };
  show(isScripted ? await applySourceMaps(read, options) : read);
  if (!nativeNames) return;
  naming = nameNativeFramesLater(env).catch(() => {
    // They are an addition: without them the profile is as it was read.
  });
}

/** Names of native code take seconds to look up: the profile is shown first and updated after. */
async function nameNativeFramesLater(env: Environment): Promise<void> {
  const before = opened().profile;
  const { nameNativeFrames } = await import("../symbols/native/name-native-frames.ts");
  const named = await nameNativeFrames(before, { env });
  if (named === before) return;
  show(named);
  send({ kind: "updated" });
}

async function write(
  profile: Profile,
  { format, output, options }: Extract<Request, { kind: "write" }>,
  signal?: AbortSignal,
): Promise<void> {
  const { writers } = await import("../formats/writers.ts");
  const partial = partialFile(output);
  try {
    await writers[format](profile, createWriteStream(partial), signal, options);
    await rename(partial, output);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function addPart({
  part,
  machine,
  machineAsRoot,
}: Extract<Request, { kind: "add-part" }>): Promise<void> {
  const { ProfileMerger } = await import("../profile/merge.ts");
  merger ??= new ProfileMerger({ machineAsRoot });
  merger.add(decodeColumns(part) as Profile, { machine });
}

function joinParts(title: string): void {
  if (!merger) throw new Error("There is nothing to join.");
  show(merger.finish(title));
  merger = undefined;
}

function show(profile: Profile): void {
  current = { profile, views: new ProfileViews(profile) };
}

function opened() {
  if (!current) throw new Error("No profile is open in this worker.");
  return current;
}

function send(message: FromWorker): void {
  port!.postMessage(message);
}
