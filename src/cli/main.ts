/** The `hangscope` command: the tools in a terminal, without an editor. */
import { resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { type WriterFormat, writerFormats } from "../formats/writer-formats.ts";
import { Cancelled, describeError, exitCodeOf, exitCodes, exitCodesHelp } from "./failure.ts";
import { Interrupts } from "./interrupts.ts";
import { ProgressBar } from "./progress-bar.ts";
import type { RunOptions } from "./run-command.ts";

/** Each command loads what it needs when it runs: most need little of it. */
const load = {
  foreground: () => import("./server-foreground.ts"),
  logs: () => import("./server-logs.ts"),
  mcp: () => import("./mcp-command.ts"),
  profile: () => import("./show-profile.ts"),
  run: () => import("./run-command.ts"),
  server: () => import("./server-command.ts"),
  tools: () => import("./tools-command.ts"),
  write: () => import("./write-profile.ts"),
};

const bar = new ProgressBar();
const interrupts = new Interrupts();
let exitCode: number = exitCodes.ok;

const top = new Option("--top <n>", "show at most so many functions").argParser((text) => {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError("Expected 1 to 10000.");
  return Math.min(Number(text), 10_000);
});

const program = new Command("hangscope")
  .description("See what a Node program is stuck on: profile it, and name the lines.")
  .version(manifest.version)
  .enablePositionalOptions()
  .exitOverride()
  .addHelpText("after", exitCodesHelp);

program
  .command("symbolize")
  .description('turn a V8 log ("node --prof") into a .cpuprofile with names, lines and sources')
  .argument("<log>", "the V8 log")
  .option("-o, --output <file>", "the file to write; by default beside the log")
  .action(async (log: string, options: { output?: string }) => {
    const output = options.output ?? log.replace(/(-v8\.log|\.v8log|\.log)?$/, ".cpuprofile");
    await write(log, "cpuprofile", output);
  });

program
  .command("analyze")
  .description("print the hottest functions of a V8 log, a .cpuprofile or a Chrome trace")
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
  .argument("<file>", "a V8 log, a .cpuprofile or a Chrome trace")
  .addOption(new Option("--to <format>", "the format").choices(writerFormats).makeOptionMandatory())
  .requiredOption("-o, --output <file>", "the file to write")
  .action(async (file: string, options: { to: WriterFormat; output: string }) => {
    await write(file, options.to, options.output);
  });

program
  .command("run")
  .description("run a command, profile all Node processes below it, print what was hot")
  .usage("[options] -- <command> [arguments...]")
  .argument("<command...>", "such as: node app.js, npm test, npx vitest")
  .option("--cpu-prof", "use V8's CPU profiler, which writes at the end, not --prof")
  .option("--out <dir>", "put the profiles there; by default they are kept for a while")
  .option("--json", "print JSON; the program's own output goes to standard error")
  .addOption(top)
  .passThroughOptions()
  .action(async (argv: string[], options: Partial<RunOptions> & { out?: string }) => {
    const { cpuProf = false, json = false, out, top: limit } = options;
    const { runCommand } = await load.run();
    exitCode = await runCommand(argv, { cpuProf, json, out, top: limit }, bar, interrupts);
  });

const workspace = new Option("--workspace <dir>", "its folder").default(process.cwd(), "this one");
interface ServerOptions {
  readonly workspace: string;
}

program
  .command("tools")
  .description("list the tools of the server, which is started if need be")
  .option("--json", "print JSON, with the schema of each tool's input")
  .addOption(workspace)
  .action(async (options: ServerOptions & { json?: true }) => {
    const { toolsCommand } = await load.tools();
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
    exitCode = await mcpCommand(resolve(options.workspace), interrupts.signal);
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
      ? await (await load.foreground()).serverForeground(folder, interrupts.signal)
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
    const { serverLogs } = await load.logs();
    const { follow = false } = options;
    const { signal } = interrupts;
    exitCode = await serverLogs(resolve(options.workspace), { follow, signal });
  });

/** Warnings go where they disturb no pipe. */
async function write(file: string, format: WriterFormat, output: string): Promise<void> {
  const { writeProfile } = await load.write();
  const warnings = await writeProfile(file, format, output, bar.task(interrupts.signal));
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
