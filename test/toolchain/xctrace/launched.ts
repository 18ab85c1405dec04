/** The program of `--launch`, which is really run. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, openSync } from "node:fs";
import { basename, join } from "node:path";
import type { Call } from "../call.ts";
import type { RecordRequest } from "./request.ts";

export interface Launched {
  readonly name: string;
  readonly pid: number;
  readonly exited: Promise<void>;
  kill(): void;
}

/** @throws when it cannot be started. */
export async function launch(
  call: Call,
  command: readonly string[],
  request: RecordRequest,
): Promise<Launched> {
  const program = executableOf(command[0]!);
  const child = spawn(program, command.slice(1), {
    // It gets none of the caller's variables but what a login has.
    env: { ...loginVariables(), ...request.env },
    stdio: [
      request.stdin === undefined ? "ignore" : streamOf(request.stdin, 0, "r"),
      request.stdout === undefined ? "ignore" : streamOf(request.stdout, 1, "w"),
      "ignore",
    ],
  });
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
  });
  const pid = await started(child);
  call.launched(pid);
  return { name: basename(command[0]!), pid, exited, kill: () => child.kill("SIGKILL") };
}

function started(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("spawn", () => resolve(child.pid!));
    child.once("error", reject);
  });
}

/** A bundle's own executable, where a Mac or a phone has it. */
function executableOf(path: string): string {
  if (!path.endsWith(".app")) return path;
  const name = basename(path, ".app");
  const ofMac = join(path, "Contents/MacOS", name);
  return existsSync(ofMac) ? ofMac : join(path, name);
}

function streamOf(path: string, own: number, flags: string): number {
  return path === "-" ? own : openSync(path, flags);
}

function loginVariables(): Record<string, string> {
  const kept = ["HOME", "USER", "LOGNAME", "SHELL", "TMPDIR"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...Object.fromEntries(kept), PATH: "/usr/bin:/bin:/usr/sbin:/sbin" };
}
