import { prepareInputSchema } from "../runner/prepare-result.ts";
import { prewarmAnswerSchema } from "../runner/provider.ts";
import { environmentOf } from "./caller.ts";
import { defineTool } from "./tool.ts";

export const runnerPrewarm = defineTool({
  name: "runner.prewarm",
  title: "Ask ahead for a runner",
  description:
    "Asks Xcode and reads the sources, so that the next runner.prepare finds the answers. Never fails, and gives way to a preparation.",
  input: prepareInputSchema,
  output: prewarmAnswerSchema,
  readOnly: true,
  async run(input, { services, caller, ...task }) {
    const { runners } = services;
    if (!runners.prewarm) return { warmed: [], skipped: "There is nothing to ask ahead." };
    return runners.prewarm(input, { ...task, env: environmentOf(caller) });
  },
});
