import * as z from "zod";
import { defineTool } from "./tool.ts";

export const browserClose = defineTool({
  name: "browser.close",
  title: "Close a browser",
  description: "Ends a browser that browser.launch has started, and removes its user data.",
  input: z.object({ browserId: z.string() }),
  output: z.object({ browserId: z.string() }),
  readOnly: false,
  async run({ browserId }, { services }) {
    await services.browsers.close(browserId);
    return { browserId };
  },
});
