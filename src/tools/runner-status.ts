import { statusAnswerSchema, statusInputSchema } from "../runner/provider.ts";
import { environmentOf } from "./caller.ts";
import { defineTool } from "./tool.ts";

export const runnerStatus = defineTool({
  name: "runner.status",
  title: "Show runners",
  description:
    "Lists the runners of this user and whether they answer; with command, what became of it.",
  input: statusInputSchema,
  output: statusAnswerSchema,
  readOnly: true,
  run(input, { services, caller, ...task }) {
    return services.runners.status(input, { ...task, env: environmentOf(caller) });
  },
});
