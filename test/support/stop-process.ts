/** Stops a process as a debugger does, or as a user does with Ctrl+Z. */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { eventually } from "./eventually.ts";

/** Resolves when it has stopped: on a busy machine its threads run on for a while. */
export async function stopProcess(pid: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  await eventually(() => {
    const running = threadStates(pid).filter((state) => !/^[Tt]/.test(state));
    if (running.length > 0) throw new Error(`Process ${pid} has not stopped: ${running.join()}.`);
  });
}

function threadStates(pid: number): string[] {
  if (process.platform !== "linux") {
    return [execFileSync("ps", ["-o", "state=", "-p", String(pid)], { encoding: "utf8" }).trim()];
  }
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8");
    // The name before it may hold anything.
    return stat.slice(stat.lastIndexOf(")") + 2)[0]!;
  });
}
