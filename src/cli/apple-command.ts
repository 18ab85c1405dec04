/** `hangscope apple devices|start|stop|sessions`: faces of the server's tools. */
import { resolve } from "node:path";
import { deleteCapture, isUnderWay, listCaptures } from "../capture/storage.ts";
import { formatBytes } from "../results/format-bytes.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import type { ToolInput } from "../tools/index.ts";
import { appleAnalyze } from "./apple-analyze.ts";
import type { StartFlags } from "./apple-program.ts";
import { CliError, exitCodes } from "./failure.ts";
import { keptBytes, keptCaptures, pruneKept } from "./kept-captures.ts";
import type { ProgressBar } from "./progress-bar.ts";
import { ensure } from "./server-command.ts";

function connect(workspace: string, { signal }: TaskOptions) {
  return ensure(resolve(workspace), signal ?? new AbortController().signal, "autospawn");
}

export async function appleDevices(
  workspace: string,
  { appsOf, json }: { readonly appsOf?: string; readonly json?: true },
  task: TaskOptions,
): Promise<number> {
  const client = await connect(workspace, task);
  const found = await client.call("apple.devices", appsOf === undefined ? {} : { appsOf }, task);
  if (json) {
    console.log(JSON.stringify(found));
    return exitCodes.ok;
  }
  for (const { name, os, state, udid } of found.devices) {
    console.log([name, os, state, udid].filter((part) => part !== "").join("  "));
  }
  for (const { pid, name, bundleId } of found.apps ?? []) {
    console.log(`  ${String(pid).padStart(6)}  ${name}  ${bundleId}`.trimEnd());
  }
  for (const warning of found.warnings) console.error(`Warning: ${warning}`);
  return exitCodes.ok;
}

export async function appleStart(
  command: readonly string[],
  flags: StartFlags,
  task: TaskOptions,
): Promise<number> {
  const { device, strategy, template, limit, out, json } = flags;
  const client = await connect(flags.workspace, task);
  const started = await client.call(
    "apple.start",
    {
      process: processOf(command, flags),
      template,
      limitSeconds: limit,
      directory: out === undefined ? keptCaptures() : resolve(out),
      ...(device !== undefined && { device }),
      ...(strategy !== undefined && { strategy }),
    },
    task,
  );
  if (json) console.log(JSON.stringify(started));
  else console.log(`Recording ${started.title}.\nhangscope apple stop ${started.sessionId}`);
  return exitCodes.ok;
}

function processOf(
  command: readonly string[],
  { pid, app, everything }: StartFlags,
): ToolInput<"apple.start">["process"] {
  const given = [pid, app, everything, command[0]].filter((each) => each !== undefined).length;
  if (given !== 1) {
    throw new CliError(
      "Say what to record: --pid, --app, --everything or -- <command>.",
      exitCodes.usage,
    );
  }
  if (pid !== undefined) return { by: "pid", pid };
  if (app !== undefined) return { by: "name", name: app };
  return everything ? { by: "everything" } : { by: "command", argv: [...command] };
}

export async function appleStop(
  sessionId: string,
  { workspace, json }: { readonly workspace: string; readonly json?: true },
  bar: ProgressBar,
  signal: AbortSignal,
): Promise<number> {
  const task = bar.task(signal);
  const client = await connect(workspace, task);
  const { profiles, warnings } = await client.call("apple.stop", { sessionId }, task);
  const [profile] = profiles;
  if (!profile) throw new CliError(["Nothing was recorded.", ...warnings].join(" "));
  const text = await appleAnalyze(profile.path, json ? { json } : {}, task);
  bar.clear();
  console.log(text);
  for (const warning of warnings) console.error(`Warning: ${warning}`);
  if (!json) console.log(`\n${profile.path}`);
  await pruneKept();
  return exitCodes.ok;
}

export async function appleSessions(flags: {
  readonly json?: true;
  readonly delete?: string;
}): Promise<number> {
  const root = keptCaptures();
  if (flags.delete !== undefined) await deleteCapture(root, flags.delete);
  const recordings = (await listCaptures(root)).filter(({ sampler }) => sampler === "xctrace");
  if (flags.json) {
    console.log(JSON.stringify(recordings));
    return exitCodes.ok;
  }
  for (const recording of recordings) {
    const { id, title, bytes } = recording;
    const state = isUnderWay(recording) ? "recording" : formatBytes(bytes);
    console.log(`${id}  ${state.padStart(10)}  ${title}`);
  }
  const sum = recordings.reduce((total, { bytes }) => total + bytes, 0);
  console.log(`${recordings.length} recordings, ${formatBytes(sum)} of ${formatBytes(keptBytes)}`);
  return exitCodes.ok;
}
