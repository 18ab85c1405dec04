import * as z from "zod";
import { listedBrowserSchema } from "../hang/chromium/browsers.ts";
import { defineTool } from "./tool.ts";

export const browserList = defineTool({
  name: "browser.list",
  title: "List browsers",
  description:
    "Lists the browsers that browser.launch has started and that still run, with their pages and whether these answer. A page that does not answer is one for hang.capture.",
  input: z.object({}),
  output: z.object({ browsers: z.array(listedBrowserSchema).readonly() }),
  readOnly: true,
  async run(_input, { services, signal }) {
    return { browsers: await services.browsers.list(signal) };
  },
});
