/** `xctrace`: one file per command in `../xctrace/`. */
import type { Call } from "../call.ts";
import { UsageError } from "../options.ts";
import { say } from "../output.ts";
import { refusals } from "../table.ts";
import { exportTrace } from "../xctrace/export.ts";
import { help } from "../xctrace/help.ts";
import { list } from "../xctrace/list.ts";
import { record } from "../xctrace/record.ts";
import { xctraceVersion } from "./xcode-install.ts";

export async function main(call: Call): Promise<number> {
  const [command = "", ...args] = call.args;
  switch (command) {
    case "record":
      return record(call, args);
    case "export":
      return exportTrace(call, args);
    case "list":
      return list(call, args);
    case "version":
      say(`xctrace version ${xctraceVersion(call.scenario)}`);
      return 0;
    case "help":
      say(help(args[0]));
      return 0;
    default:
      throw new UsageError(refusals.unknownCommand.is(command));
  }
}
