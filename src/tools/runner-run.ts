import { commandAnswerSchema, commandInputSchema } from "../runner/provider.ts";
import { environmentOf } from "./caller.ts";
import { defineTool } from "./tool.ts";

export const runnerRun = defineTool({
  name: "runner.run",
  title: "Run a command on a runner",
  description:
    "Sends a command to a runner that runner.prepare has made ready. What certainly did not arrive is sent once more, to a runner made ready again; what may have arrived is asked for, and a mutating command is never sent twice: command-lost says that nobody knows, command-running that it goes on.",
  input: commandInputSchema,
  output: commandAnswerSchema,
  readOnly: false,
  run(input, { services, caller, ...task }) {
    return services.runners.runCommand(input, { ...task, env: environmentOf(caller) });
  },
});
