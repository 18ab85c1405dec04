/** `hangscope apple …`: what is asked, and of whom. */
import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Interrupts } from "./interrupts.ts";
import type { ProgressBar } from "./progress-bar.ts";

const load = () => import("./server-commands.ts");

interface Common {
  readonly workspace: string;
  readonly json?: true;
}

export interface StartFlags extends Common {
  readonly device?: string;
  readonly pid?: number;
  readonly app?: string;
  readonly everything?: true;
  readonly template: string;
  readonly limit: number;
  readonly strategy?: "attach" | "host-wide" | "launch";
  readonly out?: string;
}

export interface AnalyzeFlags {
  readonly toc?: string;
  readonly cpu?: string;
  readonly hangs?: string;
  readonly leaks?: string;
  readonly pid?: number;
  readonly out?: string;
  readonly json?: true;
}

const json = () => new Option("--json", "print JSON");
const workspace = () =>
  new Option("--workspace <dir>", "its folder").default(process.cwd(), "this one");

function positive(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError("Expected a positive number.");
  return Number(text);
}

/** @param done takes the exit code */
export function addAppleCommands(
  program: Command,
  { bar, interrupts }: { readonly bar: ProgressBar; readonly interrupts: Interrupts },
  done: (exitCode: number) => void,
): void {
  const apple = program
    .command("apple")
    .description("record iOS, tvOS and macOS apps with Instruments, and read what it recorded");
  apple
    .command("devices")
    .description("list simulators and devices, and the apps that run on one")
    .option("--apps-of <udid>", "list its running apps, too; empty for this Mac")
    .addOption(json())
    .addOption(workspace())
    .action(async (flags: Common & { appsOf?: string }) => {
      const { appleDevices } = await load();
      done(await appleDevices(resolve(flags.workspace), flags, bar.task(interrupts.signal)));
    });
  apple
    .command("start")
    .description("start a recording, and answer when it runs")
    .usage("[options] [-- <command> [arguments...]]")
    .argument("[command...]", "started for recording, which leaks need")
    .option("--device <udid>", "a simulator or device; by default this Mac")
    .option("--pid <n>", "a running process", positive)
    .option("--app <name>", "bundle id or name of a running app")
    .option("--everything", "all processes")
    .option(
      "--template <name>",
      "cpu, cpu-hangs, leaks, or the path of a .tracetemplate",
      "cpu-hangs",
    )
    .option("--limit <seconds>", "end by itself then", positive, 300)
    .addOption(
      new Option("--strategy <name>", "over the choice by Xcode's version").choices([
        "attach",
        "host-wide",
        "launch",
      ]),
    )
    .option("--out <dir>", "put the recording there; by default it is kept for a while")
    .addOption(json())
    .addOption(workspace())
    .passThroughOptions()
    .action(async (command: string[], flags: StartFlags) => {
      const { appleStart } = await load();
      done(await appleStart(command, flags, bar.task(interrupts.signal)));
      bar.clear();
    });
  apple
    .command("stop")
    .description("stop a recording, wait for its trace, export it, and say what was found")
    .argument("<session>", "as `start` printed it")
    .addOption(json())
    .addOption(workspace())
    .action(async (session: string, flags: Common) => {
      const { appleStop } = await load();
      done(await appleStop(session, flags, bar, interrupts.signal));
    });
  apple
    .command("sessions")
    .description("list the recordings that are kept")
    .option("--delete <id>", "delete one")
    .addOption(json())
    .action(async (flags: { json?: true; delete?: string }) => {
      const { appleSessions } = await load();
      done(await appleSessions(flags));
    });
  apple
    .command("analyze")
    .description("say what a recording holds: hangs, leaks, hot functions")
    .argument("[recording]", "a .trace, or a .hangscope-trace that `stop` left")
    .option("--toc <file>", "exported table of contents")
    .option("--cpu <file>", "exported table of samples")
    .option("--hangs <file>", "exported potential-hangs")
    .option("--leaks <file>", "exported Leaks detail")
    .option("--pid <n>", "only this process counts", positive)
    .option("--out <dir>", "put what a .trace is exported to there")
    .addOption(json())
    .action(async (recording: string | undefined, flags: AnalyzeFlags) => {
      const { appleAnalyze } = await load();
      const text = await appleAnalyze(recording, flags, bar.task(interrupts.signal));
      bar.clear();
      console.log(text);
    });
}
