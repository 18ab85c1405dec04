/** Whether a process is stopped from outside: by a signal, or by a debugger of native code. */
import { readFile } from "node:fs/promises";
import { run, type Tool } from "../../toolchain/run.ts";

const ps: Tool = { command: "/bin/ps", howToGet: "It is a part of macOS." };

/** False where the system does not tell. */
export async function isStopped(pid: number): Promise<boolean> {
  try {
    if (process.platform === "linux") {
      return isStoppedState(stateOfStat(await readFile(`/proc/${pid}/stat`, "utf8")));
    }
    if (process.platform !== "darwin") return false;
    const { stdout } = await run(ps, ["-o", "state=", "-p", String(pid)], { timeoutMs: 5_000 });
    return isStoppedState(stdout.trim());
  } catch {
    return false;
  }
}

/** Field 3; the name in field 2 may itself hold blanks and parentheses. */
function stateOfStat(stat: string): string {
  return stat.slice(stat.lastIndexOf(")") + 2);
}

function isStoppedState(state: string): boolean {
  return /^t/i.test(state);
}
