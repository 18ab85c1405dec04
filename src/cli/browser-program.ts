/** `hangscope browser …`: what is asked. */
import { type Command, Option } from "commander";
import type { Interrupts } from "./interrupts.ts";
import type { ProgressBar } from "./progress-bar.ts";

const load = () => import("./server-commands.ts");

export interface BrowserFlags {
  readonly workspace: string;
  readonly json?: true;
}

export interface LaunchFlags extends BrowserFlags {
  readonly executable?: string;
  readonly headless?: boolean;
  readonly arm?: boolean;
}

export function addBrowserCommands(
  program: Command,
  { bar, interrupts }: { readonly bar: ProgressBar; readonly interrupts: Interrupts },
): void {
  const task = () => ({ ...bar.task(interrupts.signal), signal: interrupts.signal });
  const say = (text: string) => {
    bar.clear();
    console.log(text);
  };
  const browser = program
    .command("browser")
    .description("a browser whose pages can be looked at when they are stuck")
    .addHelpText("after", "\nIt ends with the server: see `hangscope server`.");
  const command = (name: string, description: string) =>
    browser
      .command(name)
      .description(description)
      .option("--json", "print JSON")
      .addOption(new Option("--workspace <dir>", "its folder").default(process.cwd(), "this one"));

  command("launch", "start it, with a debugger on each page before the page's first script")
    .argument("<url>", "what it opens")
    .option("--executable <path>", "another Chromium or Chrome than the one that is found")
    .option("--headless", "without a window")
    .option("--arm", "with V8's sampler; without the sandbox, if no log can be written in it")
    .action(async (url: string, flags: LaunchFlags) => {
      say(await (await load()).browserLaunch(url, flags, task()));
    });
  command("list", "show those that run, and their pages").action(async (flags: BrowserFlags) => {
    say(await (await load()).browserList(flags, task()));
  });
  command("close", "end it and remove its user data")
    .argument("<id>", "as `launch` and `list` show it")
    .action(async (id: string, flags: BrowserFlags) => {
      say(await (await load()).browserClose(id, flags, task()));
    });
}
