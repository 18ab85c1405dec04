/** The `hangscope` command: the tools in a terminal, without an editor. */
import { resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { isS3Location } from "../artifacts/s3-location.ts";
import {
  type FoldedPrefix,
  fileExtensions,
  foldedPrefixes,
  type WriteOptions,
  type WriterFormat,
  writerFormats,
} from "../formats/writer-formats.ts";
import { services } from "../push/endpoint.ts";
import { addAppleCommands } from "./apple-program.ts";
import { addArtifactCommands } from "./artifacts-program.ts";
import { addBrowserCommands } from "./browser-program.ts";
import {
  Cancelled,
  CliError,
  describeError,
  exitCodeOf,
  exitCodes,
  exitCodesHelp,
} from "./failure.ts";
import type { HangFlags } from "./hang-command.ts";
import { Interrupts } from "./interrupts.ts";
import { ProgressBar } from "./progress-bar.ts";
import type { PushFlags } from "./push-command.ts";
import { addRunnerCommands } from "./runner-program.ts";

/** Each command loads what it needs when it runs: most need little of it. */
const load = {
  files: () => import("./profile-commands.ts"),
  profile: () => import("./show-profile.ts"),
  write: () => import("./write-profile.ts"),
  mcp: () => import("./mcp-command.ts"),
  server: () => import("./server-commands.ts"),
};

const bar = new ProgressBar();
const interrupts = new Interrupts();
let exitCode: number = exitCodes.ok;

const top = new Option("--top <n>", "show at most so many functions").argParser((text) => {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError("Expected 1 to 10000.");
  return Math.min(Number(text), 10_000);
});

const prefix = new Option(
  "--prefix <parts>",
  `begin each folded stack with these, such as ${foldedPrefixes.join(",")}`,
).argParser((text) => {
  const parts = text.split(",") as FoldedPrefix[];
  const isValid = parts.every((part) => foldedPrefixes.includes(part));
  if (isValid && new Set(parts).size === parts.length) return parts;
  throw new InvalidArgumentError(
    `Expected one or more of ${foldedPrefixes.join(", ")}, each once.`,
  );
});

interface SymbolizeOptions {
  readonly output?: string;
  readonly newest?: true;
  readonly all?: true;
  readonly match?: string;
  readonly to: WriterFormat;
}

interface ConvertOptions {
  readonly to: WriterFormat;
  readonly output: string;
  readonly prefix?: FoldedPrefix[];
}

const program = new Command("hangscope")
  .description("See what a program is stuck on: profile it, and name the lines.")
  .version(manifest.version)
  .enablePositionalOptions()
  .exitOverride()
  .addHelpText("after", exitCodesHelp);

program
  .command("symbolize")
  .description('turn V8 logs ("node --prof") into a profile with names, lines and sources')
  .argument("<log>", "a V8 log; with --newest or --all a folder or s3://bucket/prefix with logs")
  .option("-o, --output <file>", "the file to write; by default beside the log, or here")
  .addOption(new Option("--newest", "the newest log of a folder or bucket").conflicts("all"))
  .option("--all", "all logs of a folder or bucket as one profile, by machine")
  .option("--match <text>", "only logs whose key holds this text, as it stands")
  .addOption(new Option("--to <format>", "the format").choices(writerFormats).default("cpuprofile"))
  .action(async (log: string, options: SymbolizeOptions) => {
    const { newest, all, match, output, to } = options;
    if (newest || all) return fleet(log, options);
    if (match !== undefined || isS3Location(log)) {
      throw new CliError("Give --newest or --all, for logs of a store.", exitCodes.usage);
    }
    const base = log.replace(/(-v8\.log|\.v8log|\.log)?$/, "");
    await write(log, to, output ?? `${base}.${fileExtensions[to]}`);
  });

program
  .command("analyze")
  .description(
    "print the hottest functions of a V8 log, a .cpuprofile, a Chrome trace or an export of xctrace",
  )
  .argument("<file>", "the profile")
  .option("--json", "print JSON, all functions unless --top is given")
  .addOption(top)
  .action(async (file: string, options: { json?: true; top?: number }) => {
    const { readAnalysis, readTable } = await load.profile();
    const task = bar.task(interrupts.signal);
    const text = options.json
      ? JSON.stringify(await readAnalysis(file, options.top, task))
      : await readTable(file, options.top, task);
    bar.clear();
    console.log(text);
  });

program
  .command("convert")
  .description("write a profile in another format")
  .argument("<file>", "a V8 log, a .cpuprofile, a Chrome trace or an export of xctrace")
  .addOption(new Option("--to <format>", "the format").choices(writerFormats).makeOptionMandatory())
  .requiredOption("-o, --output <file>", "the file to write")
  .addOption(prefix)
  .action(async (file: string, options: ConvertOptions) => {
    const { to, output, prefix: parts } = options;
    if (parts && to !== "folded") {
      throw new CliError("--prefix is for --to folded only.", exitCodes.usage);
    }
    await write(file, to, output, parts && { prefix: parts });
  });

program
  .command("push")
  .description("send a profile to Pyroscope or Parca, by their documented HTTP interfaces")
  .argument("<file>", "any profile, or a pprof file")
  .requiredOption("--to <url>", "the service, such as http://localhost:4040")
  .addOption(
    new Option("--as <service>", "which it is, if its URL does not show").choices(services),
  )
  .option("--name <name>", "what it is stored under; by default this folder's name")
  .option(
    "--label <name=value>",
    "one more label",
    (label, before: string[]) => [...before, label],
    [] as string[],
  )
  .option("--tenant <id>", "whose it is, where a service keeps several apart")
  .option("--now", "as if it had just been recorded; services refuse what is too old")
  .addHelpText(
    "after",
    `
A token is taken from HANGSCOPE_PUSH_TOKEN. Tested against stand-ins that decode what they get, not
against a live service.`,
  )
  .action(async (file: string, flags: PushFlags) => {
    const { pushCommand } = await load.files();
    const text = await pushCommand(file, flags, bar.task(interrupts.signal));
    bar.clear();
    console.log(text);
  });

const after = new Option(
  "--after <ms>",
  "with --watch: how long it must not have responded, by default 10000",
).argParser((text) => {
  if (/^\d{4,7}$/.test(text) && Number(text) >= 1_000 && Number(text) <= 3_600_000)
    return Number(text);
  throw new InvalidArgumentError("Expected 1000 to 3600000.");
});

interface RunFlags {
  readonly cpuProf?: true;
  readonly json?: true;
  readonly out?: string;
  readonly top?: number;
  readonly watch?: true;
  readonly after?: number;
}

program
  .command("run")
  .description("run a command, profile all Node processes below it, print what was hot")
  .usage("[options] -- <command> [arguments...]")
  .argument("<command...>", "such as: node app.js, npm test, npx vitest")
  .option("--cpu-prof", "use V8's CPU profiler, which writes at the end, not --prof")
  .option("--out <dir>", "put the profiles there; by default they are kept for a while")
  .option("--json", "print JSON; the program's own output goes to standard error")
  .addOption(top)
  .addOption(
    new Option(
      "--watch",
      "no profile, but whatever a main thread is stuck on, as soon as one does not respond",
    ).conflicts(["cpuProf", "top"]),
  )
  .addOption(after)
  .passThroughOptions()
  .action(async (argv: string[], options: RunFlags) => {
    const { cpuProf = false, json = false, out, top: limit, watch = false, after: ms } = options;
    if (ms !== undefined && !watch) {
      throw new CliError("--after is for --watch only.", exitCodes.usage);
    }
    const watchAfter = watch ? (ms ?? 10_000) : undefined;
    const { runCommand } = await load.files();
    const runOptions = { cpuProf, json, out, top: limit, watchAfter };
    exitCode = await runCommand(argv, runOptions, bar, interrupts);
  });

const budget = new Option("--budget <ms>", "for all steps together")
  .default(10_000)
  .argParser((text) => {
    if (/^\d{3,6}$/.test(text) && Number(text) >= 500 && Number(text) <= 120_000)
      return Number(text);
    throw new InvalidArgumentError("Expected 500 to 120000.");
  });
const workspace = new Option("--workspace <dir>", "its folder").default(process.cwd(), "this one");
program
  .command("hang")
  .description("name the function that a process or page is stuck in, and keep the evidence")
  .argument("[target]", "a process id of Node, or host:port or ws:// address of an inspector")
  .option(
    "--page <part>",
    "the page with this in its address: of the browser at host:port, or of those started from here",
  )
  .option("--log <path>", "go by this log of V8's sampler, in place of the densest one")
  .option(
    "--keep [store]",
    "put it into a folder or s3://bucket/prefix too; by default into the workspace's store",
  )
  .option("--free", "end the script that it is stuck in; what that would still do is not done")
  .option("--out <dir>", "put the evidence there; by default it is kept for a while")
  .option("--json", "print JSON: verdict, stuckIn, stack, steps, heap, artifacts")
  .addOption(budget)
  .addOption(workspace)
  .action(async (target: string | undefined, options: HangFlags) => {
    const { hangCommand } = await load.server();
    exitCode = await hangCommand(target, options, bar, interrupts.signal);
  });

addBrowserCommands(program, { bar, interrupts });

interface ServerOptions {
  readonly workspace: string;
}

program
  .command("tools")
  .description("list the tools of the server, which is started if need be")
  .option("--json", "print JSON, with the schemas of what each tool takes, tells and gives")
  .addOption(workspace)
  .action(async (options: ServerOptions & { json?: true }) => {
    const { toolsCommand } = await load.server();
    const { json = false } = options;
    const { signal } = interrupts;
    exitCode = await toolsCommand(resolve(options.workspace), { json, signal });
  });

program
  .command("mcp")
  .description("offer the tools to an agent: a Model Context Protocol server on standard input")
  .addOption(workspace)
  .action(async (options: ServerOptions) => {
    const { mcpCommand } = await load.mcp();
    const { signal } = interrupts;
    try {
      exitCode = await mcpCommand(resolve(options.workspace), signal);
    } finally {
      // What the agent has not read by now would keep us until it does.
      if (signal.aborted) process.exit(exitCodeOf(signal.reason));
    }
  });

addArtifactCommands(program, { bar, interrupts });
addAppleCommands(program, { bar, interrupts }, (code) => {
  exitCode = code;
});
addRunnerCommands(program, { bar, interrupts }, (code) => {
  exitCode = code;
});

const server = program
  .command("server")
  .description("the background process that the editor and `run` share, one for each folder")
  .addHelpText("after", "\n`status` gives 0 when it runs and 1 when it does not.");
server
  .command("start")
  .description("start it, to run until it is stopped")
  .option("--foreground", "show its log, and stop it with Ctrl-C")
  .addOption(workspace)
  .action(async (options: ServerOptions & { foreground?: true }) => {
    const folder = resolve(options.workspace);
    exitCode = options.foreground
      ? await (await load.server()).serverForeground(folder, interrupts.signal)
      : await (await load.server()).serverStart(folder, interrupts.signal);
  });
server
  .command("stop")
  .description("end it and what it does")
  .addOption(workspace)
  .action(async (options: ServerOptions) => {
    const { serverStop } = await load.server();
    exitCode = await serverStop(resolve(options.workspace));
  });
server
  .command("restart")
  .description("end it and start another")
  .addOption(workspace)
  .action(async (options: ServerOptions) => {
    const { serverRestart } = await load.server();
    exitCode = await serverRestart(resolve(options.workspace), interrupts.signal);
  });
server
  .command("status")
  .description("tell whether it runs, and what it does")
  .option("--json", "print JSON; what is not known is left out")
  .addOption(workspace)
  .action(async (options: ServerOptions & { json?: true }) => {
    const { serverStatus } = await load.server();
    exitCode = await serverStatus(resolve(options.workspace), options.json ?? false);
  });
server
  .command("logs")
  .description("print its log")
  .option("--follow", "go on with what comes, until Ctrl-C")
  .addOption(workspace)
  .action(async (options: ServerOptions & { follow?: true }) => {
    const { serverLogs } = await load.server();
    const { follow = false } = options;
    const { signal } = interrupts;
    exitCode = await serverLogs(resolve(options.workspace), { follow, signal });
  });

async function fleet(place: string, options: SymbolizeOptions): Promise<void> {
  const { all, match, output, to: format } = options;
  const { symbolizeFleet } = await load.files();
  const flags = { which: all ? "all" : "newest", match, output, format } as const;
  const { text, warnings } = await symbolizeFleet(place, flags, bar.task(interrupts.signal));
  bar.clear();
  for (const warning of warnings) console.error(warning);
  console.log(text);
}

/** Warnings go where they disturb no pipe. */
async function write(
  file: string,
  format: WriterFormat,
  output: string,
  options?: WriteOptions,
): Promise<void> {
  const { writeProfile } = await load.write();
  const task = bar.task(interrupts.signal);
  const warnings = await writeProfile(file, format, output, task, options);
  bar.clear();
  for (const warning of warnings) console.error(warning);
  console.log(output);
}

// What reads our output may have seen enough of it, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? exitCodes.ok : exitCodes.failed);
});

try {
  await program.parseAsync();
} catch (error) {
  bar.clear();
  if (error instanceof CommanderError) {
    exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  } else {
    const cause = interrupts.signal.aborted ? interrupts.signal.reason : error;
    if (!(cause instanceof Cancelled)) console.error(`hangscope: ${describeError(cause)}`);
    exitCode = exitCodeOf(cause);
  }
}
// Not `process.exit`: where pipes are slow it would cut our output short.
process.exitCode = exitCode;
