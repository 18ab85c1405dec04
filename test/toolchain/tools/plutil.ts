/** `plutil -convert json|xml1 [-o path] [--] file`; `-` is standard input or output. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Call } from "../call.ts";
import { UsageError } from "../options.ts";
import { complain, pour } from "../output.ts";
import { type Plist, parsePlist, writeXml } from "../plist.ts";

const writers: Readonly<Record<string, (value: Plist) => string>> = {
  json: JSON.stringify,
  xml1: writeXml,
};

export async function main(call: Call): Promise<number> {
  const { format, file, output } = read(call.args);
  let text: string;
  try {
    text = writers[format]!(parsePlist(readFileSync(file === "-" ? 0 : file, "utf8")));
  } catch (error) {
    complain(`${file}: Property List error: ${(error as Error).message}`);
    return 1;
  }
  if (output === "-") await pour("stdout", [text]);
  else writeFileSync(output, text);
  return 0;
}

function read(args: readonly string[]) {
  let format: string | undefined;
  let output: string | undefined;
  const files: string[] = [];
  let optionsEnded = false;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (optionsEnded || arg === "-" || !arg.startsWith("-")) files.push(arg);
    else if (arg === "--") optionsEnded = true;
    else if (arg === "-convert") format = args[++i];
    else if (arg === "-o") output = args[++i];
    else throw new UsageError(`unrecognized option: ${arg}`);
  }
  if (format === undefined) throw new UsageError("No action option specified.");
  if (!Object.hasOwn(writers, format)) throw new UsageError(`Unknown format specifier: ${format}`);
  const [file] = files;
  if (file === undefined) throw new UsageError("No files specified.");
  return { format, file, output: output ?? file };
}
