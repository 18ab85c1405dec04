import * as z from "zod";
import { freeTarget } from "../hang/free-target.ts";
import { StepFailure } from "../hang/reasons.ts";
import { hangTargetSchema } from "../hang/target.ts";
import { defineTool, ToolError } from "./tool.ts";

export const hangFree = defineTool({
  name: "hang.free",
  title: "Free what is stuck",
  description:
    "Ends the script that a Node process or a page is stuck in, as an exception that it cannot catch; the process or page lives on without what that script would still have done. Refuses one that is not stuck (responsive), and one that cannot be paused, with the same reasons as hang.capture.",
  input: z.object({ target: hangTargetSchema }),
  output: z.object({ title: z.string().describe("Of what is free again") }),
  readOnly: false,
  async run({ target }, { services, signal }) {
    try {
      const known = target.kind === "page" ? services.browsers.reach(target) : target;
      return { title: await freeTarget(known, signal) };
    } catch (error) {
      if (!(error instanceof StepFailure)) throw error;
      throw new ToolError(error.reason, error.message, { cause: error });
    }
  },
});
