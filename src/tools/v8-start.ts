import { startedSchema, startSchema } from "../capture/capture.ts";
import { environmentOf } from "./caller.ts";
import { defineTool } from "./tool.ts";

export const v8Start = defineTool({
  name: "v8.start",
  title: "Start profiling a Node program",
  description:
    "Starts a capture of a command and all Node processes below it (V8's --prof sampler or --cpu-prof), of a running Node process, or of an inspector. End it with v8.stop.",
  input: startSchema,
  output: startedSchema,
  readOnly: false,
  run(options, { services, caller, ...task }) {
    return services.captures.start(options, task, environmentOf(caller));
  },
});
