import { isAbsolute } from "node:path";
import * as z from "zod";
import { browserSchema } from "../hang/chromium/browsers.ts";
import { environmentOf } from "./caller.ts";
import { defineTool } from "./tool.ts";

export const browserLaunch = defineTool({
  name: "browser.launch",
  title: "Launch a browser with hang capture",
  description:
    "Starts Chromium or Chrome with user data of its own and a debugger on every page before its first script, so that hang.capture (target kind page) can pause a page that is stuck. Its sandbox stays on unless a launch with it fails; the answer says so. It ends with browser.close, by its user, or with the server.",
  input: z.object({
    url: z.string().min(1).describe("What it opens; without a scheme it is http"),
    executable: z
      .string()
      .refine(isAbsolute, "Give an absolute path")
      .optional()
      .describe("Absolute path; one that is installed otherwise"),
    headless: z.boolean().default(false),
    arm: z
      .boolean()
      .default(false)
      .describe(
        "With V8's sampler, which names what a pause does not reach. The sandbox goes if no log can be written with it",
      ),
  }),
  output: browserSchema,
  readOnly: false,
  run(input, { services, caller, ...task }) {
    return services.browsers.launch(input, task, environmentOf(caller));
  },
});
