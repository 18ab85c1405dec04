import * as z from "zod";
import { stoppedSchema } from "../capture/capture.ts";
import { defineTool } from "./tool.ts";

export const v8Stop = defineTool({
  name: "v8.stop",
  title: "Stop profiling",
  description:
    "Ends a capture: stops what v8.start launched, or detaches from a running process, and answers with the profiles that were written, most samples first, and the processes that went unprofiled.",
  input: z.object({ sessionId: z.string() }),
  output: stoppedSchema,
  readOnly: false,
  run({ sessionId }, { services, ...task }) {
    return services.captures.stop(sessionId, task);
  },
});
