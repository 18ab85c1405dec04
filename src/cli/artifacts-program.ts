/** `hangscope artifacts …`: what is asked. */
import { type Command, Option } from "commander";
import { type ArtifactKind, artifactKinds } from "../artifacts/key.ts";
import type { Interrupts } from "./interrupts.ts";
import type { ProgressBar } from "./progress-bar.ts";

const load = () => import("./profile-commands.ts");

export interface StoreFlags {
  readonly store?: string;
  readonly workspace: string;
  readonly json?: true;
}

export interface PutFlags extends StoreFlags {
  readonly kind?: ArtifactKind;
  readonly env?: string;
  readonly project?: string;
  readonly job?: string;
  readonly target?: string;
  readonly step?: string;
}

export function addArtifactCommands(
  program: Command,
  { bar, interrupts }: { readonly bar: ProgressBar; readonly interrupts: Interrupts },
): void {
  const task = () => bar.task(interrupts.signal);
  const artifacts = program
    .command("artifacts")
    .description("keep evidence in a folder or an S3 bucket, and get it back")
    .addHelpText(
      "after",
      `
A store is a folder, or s3://bucket/prefix with ?endpoint=URL&region=NAME&path-style=true where
needed. Credentials come from the AWS configuration of this terminal, and are never kept.`,
    );
  const command = (name: string, description: string) =>
    artifacts
      .command(name)
      .description(description)
      .option("--store <place>", "a folder or s3://bucket/prefix; by default the workspace's own")
      .addOption(new Option("--workspace <dir>", "its folder").default(process.cwd(), "this one"))
      .option("--json", "print JSON");

  command("list", "list what is kept, oldest first")
    .argument("[prefix]", "first parts of the keys, such as ci/shop/42")
    .action(async (prefix: string | undefined, flags: StoreFlags) => {
      const text = await (await load()).artifactsList(prefix, flags, task());
      say(text);
    });
  command("get", "write one into a file")
    .argument("<key>", "as `list` shows it")
    .option("-o, --output <file>", "the file to write; by default its name, here")
    .action(async (key: string, flags: StoreFlags & { output?: string }) => {
      say(await (await load()).artifactsGet(key, flags, task()));
    });
  command("put", "keep a file, or a folder of an Apple export; the local one stays")
    .argument("<file>", "what to keep")
    .addOption(new Option("--kind <kind>", "what it is").choices(artifactKinds))
    .option("--env <name>", 'such as "ci"')
    .option("--project <name>", "by default the workspace's name")
    .option("--job <name>", "such as the build's number")
    .option("--target <name>", "the machine or device; by default this one")
    .option("--step <name>", "such as the test's name")
    .action(async (file: string, flags: PutFlags) => {
      say(await (await load()).artifactsPut(file, flags, task()));
    });
  const change = (name: string, action: "remove" | "pin" | "unpin", description: string) =>
    command(name, description)
      .argument("<key...>", "as `list` shows them")
      .action(async (keys: string[], flags: StoreFlags) => {
        say(await (await load()).artifactsChange(action, keys, flags, task()));
      });
  change("rm", "remove", "remove some; what is pinned stays");
  change("pin", "pin", "keep some whatever the store's bounds");
  change("unpin", "unpin", "let the store's bounds apply again");

  function say(text: string): void {
    bar.clear();
    console.log(text);
  }
}
