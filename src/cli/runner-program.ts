/** `hangscope runner …`: what is asked, and of whom. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { type PlatformName, platformNames } from "../runner/platforms.ts";
import type { ToolInput } from "../tools/index.ts";
import type { Interrupts } from "./interrupts.ts";
import type { ProgressBar } from "./progress-bar.ts";

const load = () => import("./server-commands.ts");

interface Common {
  readonly workspace: string;
  readonly json?: true;
}

export interface PrepareFlags extends Common {
  readonly platform: PlatformName;
  readonly device?: string;
  readonly project?: string;
  readonly scheme?: string;
  readonly test?: string;
  readonly setting: Readonly<Record<string, string>>;
  readonly source: readonly string[];
  readonly clean?: true;
  readonly verify?: true;
  readonly timeout: number;
  readonly cacheDir?: string;
  readonly maxCache?: number;
}

export interface WhichFlags extends Common {
  readonly platform?: PlatformName;
  readonly device?: string;
}

export interface RunFlags extends WhichFlags {
  readonly readOnly?: true;
  readonly id?: string;
  readonly timeout: number;
}

export interface StatusFlags extends WhichFlags {
  readonly command?: string;
}

export interface CacheFlags extends Common {
  readonly cacheDir?: string;
  readonly maxSize?: number;
  readonly maxEntries?: number;
  readonly key?: string;
}

const json = () => new Option("--json", "print JSON");
const workspace = () =>
  new Option("--workspace <dir>", "its folder").default(process.cwd(), "this one");
const platform = () => new Option("--platform <name>", "where it runs").choices(platformNames);
const device = () => new Option("--device <udid>", "a simulator or device");
const cacheDir = () => new Option("--cache-dir <dir>", "in place of the user's cache");

function positive(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError("Expected a positive number.");
  return Number(text);
}

/** Bytes: `500M`, `10G` or a plain number. */
function bytes(text: string): number {
  const [, amount, unit = ""] = /^(\d{1,9})([KMG]?)$/i.exec(text) ?? [];
  if (amount === undefined) throw new InvalidArgumentError("Expected a size such as 500M or 10G.");
  return Number(amount) * 1024 ** ["", "K", "M", "G"].indexOf(unit.toUpperCase());
}

function setting(text: string, before: Readonly<Record<string, string>>) {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Expected NAME=VALUE.");
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

/** May be given again and again, as may the next one. */
const settings = () =>
  new Option("--setting <name=value>", "a build setting, such as DEVELOPMENT_TEAM")
    .argParser(setting)
    .default({}, "none");
const sources = () =>
  new Option("--source <dir>", "one more folder that it is built from")
    .argParser((dir, before: readonly string[]) => [...before, dir])
    .default([], "none");

/** @param done takes the exit code */
export function addRunnerCommands(
  program: Command,
  { bar, interrupts }: { readonly bar: ProgressBar; readonly interrupts: Interrupts },
  done: (exitCode: number) => void,
): void {
  const task = () => bar.task(interrupts.signal);
  const runner = program
    .command("runner")
    .description("make an XCUITest runner ready, from a cache when it can be, and drive it");

  const asked = (name: string, description: string) =>
    runner
      .command(name)
      .description(description)
      .addOption(platform().makeOptionMandatory())
      .addOption(device())
      .option("--project <path>", "an .xcodeproj or .xcworkspace in place of our own runner")
      .option("--scheme <name>", "of the project")
      .option("--test <id>", "Target/Class/method that serves")
      .addOption(settings())
      .addOption(sources())
      .option("--clean", "build, whatever is cached")
      .option("--verify", "read every cached file, not only a sample")
      .option("--timeout <ms>", "for all phases together", positive, 900_000)
      .addOption(cacheDir())
      .option("--max-cache <size>", "keep the cache below it, such as 10G", bytes)
      .addOption(json())
      .addOption(workspace());
  asked("prepare", "restore or build a runner, launch it, and see it answer").action(
    async (flags: PrepareFlags) => {
      done(await (await load()).runnerPrepare(flags, bar, task()));
    },
  );
  asked("prewarm", "ask ahead what `prepare` asks first").action(async (flags: PrepareFlags) => {
    done(await (await load()).runnerPrewarm(flags, task()));
    bar.clear();
  });

  runner
    .command("run")
    .description("send a command to a runner that is ready")
    .argument("<name>", "as the runner knows it, such as echo")
    .argument("[arguments]", "a JSON object", "{}")
    .option("--read-only", "it changes nothing, and may be sent twice")
    .option("--id <id>", "to ask for it later")
    .option("--timeout <ms>", "for its answer", positive, 60_000)
    .addOption(platform())
    .addOption(device())
    .addOption(json())
    .addOption(workspace())
    .action(async (name: string, args: string, flags: RunFlags) => {
      done(await (await load()).runnerRun(name, args, flags, bar, task()));
    });
  runner
    .command("status")
    .description("tell which runners there are, and whether they answer")
    .option("--command <id>", "what became of a command")
    .addOption(platform())
    .addOption(device())
    .addOption(json())
    .addOption(workspace())
    .action(async (flags: StatusFlags) => {
      done(await (await load()).runnerStatus(flags, task()));
    });
  runner
    .command("stop")
    .description("end the runners, or one of them")
    .addOption(platform())
    .addOption(device())
    .addOption(json())
    .addOption(workspace())
    .action(async (flags: WhichFlags) => {
      done(await (await load()).runnerStop(flags, task()));
    });

  const cache = runner.command("cache").description("look after the cached runners");
  const onCache = (name: string, description: string) =>
    cache.command(name).description(description).addOption(cacheDir()).addOption(json());
  const act =
    (action: ToolInput<"runner.cache">["action"], file?: string) => async (flags: CacheFlags) => {
      done(await (await load()).runnerCache(action, flags, file, task()));
      bar.clear();
    };
  onCache("list", "list them, last used first").addOption(workspace()).action(act("list"));
  onCache("clean", "remove all that are not in use").addOption(workspace()).action(act("clean"));
  onCache("prune", "remove those out of bounds, longest unused first")
    .option("--max-size <size>", "such as 10G", bytes)
    .option("--max-entries <n>", "at most so many", positive)
    .addOption(workspace())
    .action(act("prune"));
  onCache("remove", "remove one")
    .argument("<key>", "as `list` shows it")
    .addOption(workspace())
    .action((key: string, flags: CacheFlags) => act("remove")({ ...flags, key }));
  onCache("export", "write one into a file, for another machine")
    .argument("<file>", "ending in .tar.zst or .tar.gz, or s3://bucket/prefix")
    .option("--key <key>", "which, or how it begins; needed when there are several")
    .addOption(workspace())
    .action((file: string, flags: CacheFlags) => act("export", file)(flags));
  onCache("import", "take one in, after reading all of it")
    .argument("<file>", "as `export` wrote it, or s3://bucket/prefix for the newest there")
    .option("--key <key>", "which of a bucket's, or how it begins")
    .addOption(workspace())
    .action((file: string, flags: CacheFlags) => act("import", file)(flags));
}
