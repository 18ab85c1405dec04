/** `hangscope runner cache list|clean|prune|remove|export|import`. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openStore } from "../artifacts/open-store.ts";
import { getRunner, putRunner } from "../artifacts/runner-entries.ts";
import { isS3Location } from "../artifacts/s3-location.ts";
import { formatAge } from "../results/age.ts";
import { formatBytes } from "../results/format-bytes.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import type { ToolInput, ToolOutput } from "../tools/index.ts";
import { exitCodes } from "./failure.ts";
import type { CacheFlags } from "./runner-program.ts";
import { ensure } from "./server-command.ts";

/** @param place a file, or a store of artifacts; only for moving an entry */
export async function runnerCache(
  action: ToolInput<"runner.cache">["action"],
  flags: CacheFlags,
  place: string | undefined,
  task: TaskOptions,
): Promise<number> {
  const answer =
    place !== undefined && isS3Location(place)
      ? await throughStore(action, flags, place, task)
      : await ask(action, flags, place, task);
  if (flags.json) console.log(JSON.stringify(answer));
  else say(action, answer, place);
  return exitCodes.ok;
}

async function throughStore(
  action: ToolInput<"runner.cache">["action"],
  { key, ...flags }: CacheFlags,
  place: string,
  task: TaskOptions,
): Promise<ToolOutput<"runner.cache">> {
  const store = await openStore(place);
  const scratch = await mkdtemp(join(tmpdir(), "hangscope-runner-"));
  const file = join(scratch, "runner.tar.gz");
  try {
    if (action === "import") {
      await getRunner(store, key, file, task);
      return await ask(action, flags, file, task);
    }
    const answer = await ask(action, { ...flags, ...(key !== undefined && { key }) }, file, task);
    await putRunner(store, answer.moved!, file, task);
    return answer;
  } finally {
    store.close();
    await rm(scratch, { recursive: true, force: true });
  }
}

async function ask(
  action: ToolInput<"runner.cache">["action"],
  flags: CacheFlags,
  file: string | undefined,
  task: TaskOptions,
): Promise<ToolOutput<"runner.cache">> {
  const { workspace, cacheDir, maxSize, maxEntries, key } = flags;
  const signal = task.signal ?? new AbortController().signal;
  const client = await ensure(resolve(workspace), signal, "autospawn");
  return client.call(
    "runner.cache",
    {
      action,
      ...(file !== undefined && { file: resolve(file) }),
      ...(key !== undefined && { key }),
      ...(maxSize !== undefined && { maxBytes: maxSize }),
      ...(maxEntries !== undefined && { maxEntries }),
      ...(cacheDir !== undefined && { cacheDir: resolve(cacheDir) }),
    },
    task,
  );
}

const shortKey = (key: string) => key.slice(0, 12);
const count = (n: number) => `${n} cached ${n === 1 ? "runner" : "runners"}`;

function say(
  action: ToolInput<"runner.cache">["action"],
  { entries, removed, moved = "" }: ToolOutput<"runner.cache">,
  file: string | undefined,
): void {
  switch (action) {
    case "export":
      console.log(`Exported ${shortKey(moved)} to ${file}.`);
      return;
    case "import":
      console.log(`Imported ${shortKey(moved)}.`);
      return;
    case "list":
      for (const entry of entries) console.log(entryLine(entry));
      console.log(entries.length === 0 ? "The cache is empty." : sumOf(entries));
      return;
    default:
      console.log(`Removed ${count(removed.length)}. Left: ${sumOf(entries)}`);
      // What a runner runs from, and what is being built.
      if (action === "clean")
        for (const entry of entries) console.log(`In use: ${entryLine(entry)}`);
  }
}

type Entry = ToolOutput<"runner.cache">["entries"][number];

/** `92dc790d69de      5 kB  ios-simulator, Xcode 26.3  built 2026-11-21, used 5 min. ago`. */
function entryLine({ key, bytes, createdAt, usedAt, metadata, bad }: Entry): string {
  const of = metadata ? `${metadata.family}, Xcode ${metadata.xcode.version}` : "unreadable";
  const built = createdAt === "" ? [] : [`built ${createdAt.slice(0, 10)}`];
  const used = usedAt === 0 ? [] : [`used ${formatAge(Date.now() - usedAt, "en")}`];
  const state = bad === undefined ? [] : [`not used: ${bad.split("\n")[0]}`];
  return [
    shortKey(key),
    formatBytes(bytes).padStart(8),
    of,
    [...built, ...used].join(", "),
    ...state,
  ]
    .filter((part) => part !== "")
    .join("  ");
}

function sumOf(entries: readonly Entry[]): string {
  const sum = entries.reduce((total, { bytes }) => total + bytes, 0);
  return entries.length === 0 ? "nothing." : `${count(entries.length)}, ${formatBytes(sum)}.`;
}
