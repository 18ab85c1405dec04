import * as z from "zod";
import { symbolizeFleet } from "../fleet/symbolize-fleet.ts";
import { writerFormats } from "../formats/writer-formats.ts";
import { type ArtifactContext, storeSchema, withStore } from "./artifacts-schema.ts";
import { defineTool } from "./tool.ts";

export const artifactsSymbolize = defineTool({
  name: "artifacts.symbolize",
  title: "Symbolize a fleet's V8 logs",
  description:
    "Reads the newest or all kept V8 logs of a store and writes one profile. Each thread is named by its machine; a .cpuprofile, which has no threads, has the machine at the bottom of every stack. Logs that cannot be read are told and passed over.",
  input: z.object({
    store: storeSchema,
    prefix: z.string().optional(),
    which: z.enum(["newest", "all"]),
    match: z.string().optional().describe("Only logs whose key holds this text"),
    output: z.string().describe("Absolute path of the file to write"),
    format: z.enum(writerFormats).default("cpuprofile"),
    workspaceFolders: z.array(z.string()).default([]),
  }),
  output: z.object({
    output: z.string(),
    machines: z.array(z.object({ name: z.string(), logs: z.number().int() }).readonly()).readonly(),
    skipped: z.array(z.object({ key: z.string(), reason: z.string() }).readonly()).readonly(),
  }),
  readOnly: false,
  run({ store: place, which, match, prefix, ...rest }, { services, ...task }: ArtifactContext) {
    const choice = { which, ...(match !== undefined && { match }) };
    return withStore(place, services, (store) =>
      symbolizeFleet({ store, choice, ...(prefix !== undefined && { prefix }), ...rest }, task),
    );
  },
});
