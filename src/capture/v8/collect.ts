/** Gathers what the processes of one capture left in its folder, once they have ended. */
import { readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, extname, isAbsolute, join, relative } from "node:path";
import { isAlive } from "../../toolchain/process-identity/identity.ts";
import type { CapturedProfile } from "../capture.ts";
import { countSamples } from "./count-samples.ts";
import { type ProcessRecord, processesFolder } from "./shim.ts";

/** The processes that the hook saw, whether they still run or not. */
export async function readProcesses(directory: string): Promise<ProcessRecord[]> {
  const folder = join(directory, processesFolder);
  const names = await readdir(folder).catch(() => []);
  const records = await Promise.all(
    names.map(async (name) => {
      try {
        return JSON.parse(await readFile(join(folder, name), "utf8")) as ProcessRecord;
      } catch {
        // Of a process that was killed while it wrote.
        return undefined;
      }
    }),
  );
  return records.filter((record) => record !== undefined);
}

/** The profiles in the folder under names for people, most samples first. */
export async function collectProfiles(
  directory: string,
  processes: readonly ProcessRecord[],
): Promise<CapturedProfile[]> {
  const recordOf = new Map(processes.map((record) => [record.pid, record]));
  const profiles: CapturedProfile[] = [];
  for (const { path, pid, worker } of await filesByThread(directory)) {
    const record = recordOf.get(pid);
    const named = isAlive(pid) ? path : await giveName(directory, path, pid, worker, record);
    const title = record ? titleOf(record.argv.slice(1), record.cwd) : `process ${pid}`;
    profiles.push({
      path: named,
      bytes: (await stat(named)).size,
      pid,
      title: worker === 0 ? title : `${title} (worker ${worker})`,
      samples: await countSamples(named),
    });
  }
  return profiles.sort((a, b) => b.samples - a.samples);
}

/** Deletes what only the capture itself needed. */
export async function removeScaffolding(directory: string): Promise<void> {
  for (const folder of ["shim", processesFolder]) {
    await rm(join(directory, folder), { recursive: true, force: true });
  }
}

/** Program or script and arguments on one line, paths below `cwd` made relative to it. */
export function titleOf(argv: readonly string[], cwd: string): string {
  const words = argv.map((word) => {
    const path = isAbsolute(word) ? relative(cwd, word) : word;
    return path.startsWith("..") || isAbsolute(path) ? basename(word) : path;
  });
  const title = words.join(" ").replace(/\s+/g, " ").trim() || "node";
  return title.length > 80 ? `${title.slice(0, 79)}…` : title;
}

/** Each process's main thread, as worker 0, then its workers. */
async function filesByThread(
  directory: string,
): Promise<{ path: string; pid: number; worker: number }[]> {
  const files: { path: string; pid: number; order: number }[] = [];
  for (const name of await readdir(directory)) {
    const path = join(directory, name);
    const log = /^isolate-0x[\da-f]+-(\d+)-\d+(?:-(\d+))?-v8\.log$/i.exec(name);
    const cpuProfile = /^CPU\.\d+\.\d+\.(\d+)\.(\d+)\./.exec(name);
    if (log) {
      const [, pid, time] = log;
      const order = time === undefined ? (await stat(path)).birthtimeMs : Number(time);
      files.push({ path, pid: Number(pid), order });
    } else if (cpuProfile) {
      const [, pid, thread] = cpuProfile;
      files.push({ path, pid: Number(pid), order: Number(thread) });
    }
  }
  files.sort((a, b) => a.order - b.order || a.path.localeCompare(b.path));
  const threads = new Map<number, number>();
  return files.map(({ path, pid }) => {
    const worker = threads.get(pid) ?? 0;
    threads.set(pid, worker + 1);
    return { path, pid, worker };
  });
}

/** V8 names files by addresses; people and editor tabs want the script. */
async function giveName(
  directory: string,
  path: string,
  pid: number,
  worker: number,
  record: ProcessRecord | undefined,
): Promise<string> {
  const script = basename(record?.argv[1] ?? "node");
  const stem = script.slice(0, script.length - extname(script).length).replace(/[^\w.-]/g, "_");
  const thread = worker === 0 ? "" : `-worker${worker}`;
  const suffix = path.endsWith(".cpuprofile") ? ".cpuprofile" : "-v8.log";
  const named = join(directory, `${stem || "node"}-${pid}${thread}${suffix}`);
  await rename(path, named);
  return named;
}
