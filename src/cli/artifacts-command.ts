/**
 * `hangscope artifacts …`: runs the tools here rather than in the server, whose AWS configuration
 * is that of whoever started it.
 */
import { basename, resolve } from "node:path";
import { isS3Location } from "../artifacts/s3-location.ts";
import { serverFolder } from "../launcher/server-folder.ts";
import { formatBytes } from "../results/format-bytes.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import { artifactsChange as changeTool } from "../tools/artifacts-change.ts";
import { artifactsGet as getTool } from "../tools/artifacts-get.ts";
import { artifactsList as listTool } from "../tools/artifacts-list.ts";
import { artifactsPut as putTool } from "../tools/artifacts-put.ts";
import type { ArtifactContext } from "../tools/artifacts-schema.ts";
import type { PutFlags, StoreFlags } from "./artifacts-program.ts";

export async function artifactsList(
  prefix: string | undefined,
  flags: StoreFlags,
  task: TaskOptions,
): Promise<string> {
  const answer = await listTool.run({ store: storeOf(flags), prefix }, contextOf(flags, task));
  if (flags.json) return JSON.stringify(answer);
  const { store, artifacts } = answer;
  const lines = artifacts.map(({ key, bytes, pinned }) =>
    `${formatBytes(bytes).padStart(8)}  ${pinned ? "pinned" : "      "}  ${key}`.trimEnd(),
  );
  const sum = artifacts.reduce((total, { bytes }) => total + bytes, 0);
  return [...lines, `${artifacts.length} artifact(s), ${formatBytes(sum)} in ${store}`].join("\n");
}

export async function artifactsGet(
  key: string,
  flags: StoreFlags & { readonly output?: string },
  task: TaskOptions,
): Promise<string> {
  const output = resolve(flags.output ?? basename(key));
  const input = { store: storeOf(flags), key, output };
  const answer = await getTool.run(input, contextOf(flags, task));
  return flags.json ? JSON.stringify(answer) : answer.output;
}

export async function artifactsPut(
  file: string,
  flags: PutFlags,
  task: TaskOptions,
): Promise<string> {
  const { kind, env, project, job, target, step } = flags;
  const input = {
    store: storeOf(flags),
    file: resolve(file),
    folder: resolve(flags.workspace),
    ...{ kind, env, project, job, target, step },
  };
  const answer = await putTool.run(input, contextOf(flags, task));
  return flags.json ? JSON.stringify(answer) : answer.key;
}

/** One after the other: the first that fails ends it. */
export async function artifactsChange(
  action: "remove" | "pin" | "unpin",
  keys: readonly string[],
  flags: StoreFlags,
  task: TaskOptions,
): Promise<string> {
  const context = contextOf(flags, task);
  for (const key of keys) await changeTool.run({ store: storeOf(flags), action, key }, context);
  if (flags.json) return JSON.stringify({ action, keys });
  const done = { remove: "Removed", pin: "Pinned", unpin: "Unpinned" }[action];
  return `${done} ${keys.length}.`;
}

function storeOf({ store }: StoreFlags): string | undefined {
  return store === undefined || isS3Location(store) ? store : resolve(store);
}

function contextOf({ workspace }: StoreFlags, task: TaskOptions): ArtifactContext {
  const artifactFolder = serverFolder(resolve(workspace)).artifacts;
  return { ...task, services: { artifactFolder } };
}
