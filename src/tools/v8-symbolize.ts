import * as z from "zod";
import { writerFormats } from "../formats/writer-formats.ts";
import { environmentOf } from "./caller.ts";
import { defineTool } from "./tool.ts";

export const v8Symbolize = defineTool({
  name: "v8.symbolize",
  title: "Symbolize a V8 log",
  description:
    "Reads a V8 log (node --prof) and writes it as a .cpuprofile (or speedscope, folded stacks or pprof) with functions, lines and original sources resolved. The output appears complete or not at all.",
  input: z.object({
    log: z.string().describe("Absolute path of the V8 log"),
    output: z.string().describe("Absolute path of the file to write"),
    format: z.enum(writerFormats).default("cpuprofile"),
    workspaceFolders: z.array(z.string()).default([]),
  }),
  output: z.object({
    profileId: z.string().describe("For profile.query"),
    output: z.string().describe("Absolute path of the written file"),
  }),
  readOnly: false,
  async run({ log, output, format, workspaceFolders }, { services, caller, ...task }) {
    const env = environmentOf(caller);
    const profileId = await services.profiles.open(log, workspaceFolders, task, env);
    await services.profiles.write(profileId, format, output, task);
    return { profileId, output };
  },
});
