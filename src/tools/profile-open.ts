import * as z from "zod";
import { environmentOf } from "./caller.ts";
import { defineTool } from "./tool.ts";

export const profileOpen = defineTool({
  name: "profile.open",
  title: "Open a profile",
  description:
    "Reads a V8 log (node --prof), a .cpuprofile or a Chrome trace and keeps it ready for profile.query. Answers with the profile's id. Fails when nothing of the file can be read; what was lost from a partly readable file is counted in the summary's warnings.",
  input: z.object({
    path: z.string().describe("Absolute path of the profile"),
    workspaceFolders: z
      .array(z.string())
      .default([])
      .describe("Absolute paths against which sources of source maps are looked up"),
  }),
  output: z.object({ profileId: z.string().describe("For profile.query") }),
  readOnly: true,
  async run({ path, workspaceFolders }, { services, caller, ...task }) {
    const env = environmentOf(caller);
    const profileId = await services.profiles.open(path, workspaceFolders, task, env);
    return { profileId };
  },
});
