import { statusAnswerSchema, stopInputSchema } from "../runner/provider.ts";
import { environmentOf } from "./caller.ts";
import { defineTool } from "./tool.ts";

export const runnerStop = defineTool({
  name: "runner.stop",
  title: "Stop runners",
  description:
    "Ends the runners of this user, or those of one device or platform, and answers with what they were.",
  input: stopInputSchema,
  output: statusAnswerSchema,
  readOnly: false,
  run(input, { services, caller, ...task }) {
    return services.runners.stop(input, { ...task, env: environmentOf(caller) });
  },
});
