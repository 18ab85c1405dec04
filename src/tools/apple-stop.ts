import * as z from "zod";
import { stoppedSchema } from "../capture/capture.ts";
import { defineTool } from "./tool.ts";

export const appleStop = defineTool({
  name: "apple.stop",
  title: "Stop recording an Apple app",
  description:
    "Ends a recording, waits until Instruments has written its trace (seconds to minutes), and exports it. Answers with the file for profile.open. A table that could not be exported is a warning; the others are kept.",
  input: z.object({ sessionId: z.string().describe("As apple.start gave it") }),
  output: stoppedSchema,
  readOnly: false,
  run({ sessionId }, { services, ...task }) {
    return services.captures.stop(sessionId, task);
  },
});
