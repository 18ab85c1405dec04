/** `xctrace help`: the usage, and the options the stand-in knows. */
import { UsageError } from "../options.ts";
import { exportOptions, recordOptions, refusals } from "../table.ts";

const commands: Readonly<Record<string, string>> = {
  record: `usage: xctrace record [<options>] [--attach | --all-processes | --launch -- command ]

options:
${Object.keys(recordOptions)
  .map((name) => `  ${name}`)
  .join("\n")}`,
  export: `usage: xctrace export [<options>] [--toc | --xpath expression]

options:
${Object.keys(exportOptions)
  .map((name) => `  ${name}`)
  .join("\n")}`,
  list: "usage: xctrace list [devices|templates|instruments]",
};

export function help(command: string | undefined): string {
  if (command === undefined) {
    return `usage:
\txctrace <command> [options]

commands:
\trecord, export, list, version

further help:
\txctrace help <command>`;
  }
  const text = commands[command];
  if (text === undefined) throw new UsageError(refusals.unknownCommand.is(command));
  return text;
}
