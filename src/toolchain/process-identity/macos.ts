import { run } from "../run.ts";
import type { Described } from "./identity.ts";

const ps = { command: "/bin/ps", howToGet: "It is part of macOS." };

/** By its full path, in one language and time zone, and as wide as the arguments are. */
export async function describeOnMacOS(pid: number): Promise<Described | undefined> {
  const args = ["-ww", "-p", String(pid), "-o", "state=,lstart=,command="];
  try {
    const { stdout } = await run(ps, args, {
      env: { LC_ALL: "C", TZ: "UTC", COLUMNS: undefined },
      timeoutMs: 3_000,
    });
    return parsePs(stdout);
  } catch (error) {
    // `ps` leaves with 1 and says nothing when there is no such process.
    const { exitCode, stderr } = error as { exitCode?: number; stderr?: string };
    if (exitCode === 1 && stderr === "") return undefined;
    throw error;
  }
}

/** `Ss   Sat Nov 21 07:31:05 2026     /usr/local/bin/node a.js`: `ps` does not part arguments. */
export function parsePs(output: string): Described | undefined {
  const line = output.trim();
  if (line === "") return undefined;
  const match = /^(\S+)\s+(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})\s+(.*)$/s.exec(line);
  if (!match) throw new Error(`ps answered what was not understood: ${line.slice(0, 200)}`);
  const [, state, startTime, command] = match as unknown as [string, string, string, string];
  return state.startsWith("Z") ? undefined : { startTime, args: [command] };
}
