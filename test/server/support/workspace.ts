/** A workspace of its own per test, with a data folder of its own, cleaned up after it. */
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { isSameProcess } from "../../../src/launcher/probe.ts";
import { serverFolder } from "../../../src/launcher/server-folder.ts";
import { type RecordedServer, readState } from "../../../src/launcher/state-file.ts";

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
      if (found && (await isSameProcess(found))) process.kill(found.server.pid, "SIGKILL");
      if (before === undefined) delete process.env["HANGSCOPE_HOME"];
      else process.env["HANGSCOPE_HOME"] = before;
      await rm(home, { recursive: true, force: true });
    },
  };
}
