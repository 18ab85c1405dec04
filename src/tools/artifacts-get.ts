import * as z from "zod";
import { getFolder } from "../artifacts/folder-artifact.ts";
import { getToFile } from "../artifacts/get-file.ts";
import { parseKey } from "../artifacts/key.ts";
import { type ArtifactContext, keySchema, storeSchema, withStore } from "./artifacts-schema.ts";
import { defineTool } from "./tool.ts";

export const artifactsGet = defineTool({
  name: "artifacts.get",
  title: "Get kept evidence",
  description:
    "Writes an artifact into a file, which appears whole or not at all. One of kind xctrace becomes a folder again, unless the output ends in .tar.",
  input: z.object({
    store: storeSchema,
    key: keySchema,
    output: z.string().describe("Absolute path"),
  }),
  output: z.object({ output: z.string(), bytes: z.number().int().nonnegative() }),
  readOnly: false,
  run({ store: place, key, output }, { services, ...task }: ArtifactContext) {
    return withStore(place, services, async (store) => {
      const isFolder = parseKey(key)?.kind === "xctrace" && !output.endsWith(".tar");
      const get = isFolder ? getFolder : getToFile;
      return { output, bytes: await get(store, key, output, task) };
    });
  },
});
