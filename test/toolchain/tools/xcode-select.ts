/** `xcode-select -p`. */
import type { Call } from "../call.ts";
import { UsageError } from "../options.ts";
import { say } from "../output.ts";
import { developerDir } from "./xcode-install.ts";

export async function main(call: Call): Promise<number> {
  const [option, ...more] = call.args;
  if (more.length > 0 || (option !== "-p" && option !== "--print-path")) {
    throw new UsageError("Usage: xcode-select [options]");
  }
  say(developerDir(call.scenario));
  return 0;
}
