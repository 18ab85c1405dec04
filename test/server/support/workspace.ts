/** A workspace of its own per test, with a data folder of its own, cleaned up after it. */
import { mkdtemp, readdir, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { serverFolder } from "../../../src/launcher/server-folder.ts";
import { type RecordedServer, readState } from "../../../src/server/state-file.ts";
import { isSame } from "../../../src/toolchain/process-identity/identity.ts";

export const serverScript = resolve(import.meta.dirname, "../../../src/server/main.ts");

export interface TestWorkspace {
  readonly path: string;
  /** The server recorded for it. */
  recorded(): Promise<RecordedServer>;
  /** Kills whatever server is recorded and removes everything. */
  dispose(): Promise<void>;
}

export async function testWorkspace(): Promise<TestWorkspace> {
  const home = await realpath(await mkdtemp(join(tmpdir(), "hangscope-test-")));
  const path = join(home, "workspace");
  const before = process.env["HANGSCOPE_HOME"];
  process.env["HANGSCOPE_HOME"] = join(home, "data");
  const state = serverFolder(path).state;
  const recorded = async () => {
    const found = await readState(state);
    if (!found) throw new Error("No server is recorded.");
    return found;
  };
  return {
    path,
    recorded,
    async dispose() {
      const found = await readState(state);
      if (found && (await isRunning(found))) process.kill(found.process.pid, "SIGKILL");
      if (before === undefined) delete process.env["HANGSCOPE_HOME"];
      else process.env["HANGSCOPE_HOME"] = before;
      await rm(home, { recursive: true, force: true });
    },
  };
}

export async function isRunning({ process: own }: RecordedServer): Promise<boolean> {
  return (await isSame(own)) !== "gone";
}

/** Pids of the servers of one folder, as the system lists them. */
export async function serversOf(folder: string): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const line = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
    const args = line.split("\0");
    if (args[args.indexOf("--folder") + 1] === folder) found.push(Number(name));
  }
  return found;
}
