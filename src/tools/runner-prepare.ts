import * as z from "zod";
import { prepareInputSchema, prepareResultSchema } from "../runner/prepare-result.ts";
import { listenerOf } from "../runner/runner-events.ts";
import { environmentOf } from "./caller.ts";
import { defineTool, ToolError } from "./tool.ts";

export const runnerPrepare = defineTool({
  name: "runner.prepare",
  title: "Prepare a runner",
  description:
    "Makes an XCUITest runner ready on an iOS or tvOS simulator or on this Mac: restored from the cache when it can be, built when it must be, and answered for by the runner itself before it says so. What went wrong is an answer with ok: false and the compiler's diagnostics. A second call for the same thing joins the first. Needs Xcode.",
  input: prepareInputSchema.extend({
    prepareId: z
      .string()
      .optional()
      .describe("The server's runner events carry it; choose one to follow the compiler's lines"),
  }),
  output: prepareResultSchema,
  readOnly: false,
  async run({ prepareId, ...input }, { services, caller, ...task }) {
    const { runners, tell } = services;
    if (!runners.prepare) {
      throw new ToolError(
        "not-prepared-here",
        "These runners are made ready by others: run at once.",
      );
    }
    const listener = prepareId === undefined ? {} : listenerOf(prepareId, tell);
    return runners.prepare(input, { ...task, env: environmentOf(caller) }, listener);
  },
});
