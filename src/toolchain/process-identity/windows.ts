import { join } from "node:path";
import { run } from "../run.ts";
import type { Described } from "./identity.ts";

/** From CIM, by PowerShell's full path: what else is on PATH does not matter. */
export async function describeOnWindows(pid: number): Promise<Described | undefined> {
  const system = join(process.env["SystemRoot"] ?? "C:\\Windows", "System32");
  const command = join(system, "WindowsPowerShell", "v1.0", "powershell.exe");
  const powershell = { command, howToGet: "It is part of Windows." };
  const script = `$p = Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}'; if ($p) { $p.CreationDate.ToFileTimeUtc(); [Console]::OutputEncoding = [Text.Encoding]::UTF8; $p.CommandLine }`;
  const args = ["-NoProfile", "-NonInteractive", "-Command", script];
  const { stdout } = await run(powershell, args, { timeoutMs: 15_000 });
  return parseCim(stdout);
}

/** File time (100 ns since 1601) and command line, a line each; nothing without a process. */
export function parseCim(output: string): Described | undefined {
  const text = output.replace(/^\uFEFF/, "").trim();
  if (text === "") return undefined;
  const [startTime, ...command] = text.split(/\r?\n/);
  if (!/^\d{17,19}$/.test(startTime ?? "")) {
    throw new Error(`CIM answered what was not understood: ${text.slice(0, 200)}`);
  }
  return { startTime: startTime!, args: splitCommandLine(command.join("\n")) };
}

/** As Windows' own `CommandLineToArgvW` does: a backslash only counts before a quote. */
export function splitCommandLine(text: string): string[] {
  const args: string[] = [];
  let arg = "";
  let isOpen = false;
  let isQuoted = false;
  for (const [, slashes, sign] of text.matchAll(/(\\*)([^\\]?)/gs) as Iterable<
    [string, string, string]
  >) {
    if (sign === '"') {
      arg += "\\".repeat(slashes.length >> 1);
      isOpen = true;
      if (slashes.length % 2 === 1) arg += sign;
      else isQuoted = !isQuoted;
      continue;
    }
    arg += slashes;
    isOpen ||= slashes !== "";
    if (/\s/.test(sign) && !isQuoted) {
      if (isOpen) args.push(arg);
      arg = "";
      isOpen = false;
    } else if (sign !== "") {
      arg += sign;
      isOpen = true;
    }
  }
  if (isOpen) args.push(arg);
  return args;
}
