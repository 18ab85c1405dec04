import * as z from "zod";
import { appleTargetSchema } from "../capture/apple/apple-target.ts";
import { startedSchema } from "../capture/capture.ts";
import { environmentOf } from "./caller.ts";
import { defineTool } from "./tool.ts";

export const appleStart = defineTool({
  name: "apple.start",
  title: "Start recording an Apple app",
  description:
    "Records an app on a simulator, a device or this Mac with Instruments (xctrace): CPU, hangs or leaks. Answers when the recording really runs. End it with apple.stop. Needs Xcode.",
  input: appleTargetSchema.omit({ kind: true }).extend({
    directory: z.string().describe("Absolute path of the folder that receives the recordings"),
    title: z.string().optional().describe("What to call the recording; by default its app"),
  }),
  output: startedSchema,
  readOnly: false,
  run({ directory, title, ...target }, { services, caller, ...task }) {
    const options = {
      target: { kind: "apple" as const, ...target },
      sampler: "prof" as const,
      directory,
      ...(title !== undefined && { title }),
    };
    return services.captures.start(options, task, environmentOf(caller));
  },
});
