import { stat } from "node:fs/promises";
import * as z from "zod";
import { putFolder } from "../artifacts/folder-artifact.ts";
import { defaultOrigin, kindOfFile, newKey } from "../artifacts/origin.ts";
import { type ArtifactContext, kindSchema, storeSchema, withStore } from "./artifacts-schema.ts";
import { defineTool, ToolError } from "./tool.ts";

export const artifactsPut = defineTool({
  name: "artifacts.put",
  title: "Keep a file as evidence",
  description:
    "Keeps a file, or a folder as kind xctrace, in a folder or an S3 bucket, whole or not at all, and answers with its key. The local file stays.",
  input: z.object({
    store: storeSchema,
    file: z.string().describe("Absolute path"),
    kind: kindSchema.optional().describe("By default by the file's name"),
    folder: z.string().optional().describe("Absolute path of the project, which names it"),
    env: z.string().optional().describe('Such as "ci"; by default "local"'),
    project: z.string().optional().describe("By default the folder's name"),
    job: z.string().optional(),
    target: z.string().optional().describe("The machine or device; by default this one"),
    step: z.string().optional(),
  }),
  output: z.object({
    store: z.string(),
    key: z.string(),
    bytes: z.number().int().nonnegative(),
  }),
  readOnly: false,
  async run(
    { store: place, file, kind: asked, folder, ...given },
    { services, ...task }: ArtifactContext,
  ) {
    const isFolder = (await stat(file)).isDirectory();
    const kind = asked ?? (isFolder ? "xctrace" : kindOfFile(file));
    if (kind === undefined) {
      throw new ToolError("bad-input", `What ${file} is does not show in its name: give a kind.`);
    }
    if (isFolder && kind !== "xctrace") {
      throw new ToolError("bad-input", `${file} is a folder: only kind xctrace is one.`);
    }
    const usual = defaultOrigin(folder ?? process.cwd());
    const key = newKey(
      {
        env: given.env ?? usual.env,
        project: given.project ?? usual.project,
        job: given.job ?? usual.job,
        target: given.target ?? usual.target,
        step: given.step ?? usual.step,
      },
      kind,
    );
    return withStore(place, services, async (store) => {
      const bytes = isFolder
        ? await putFolder(store, key, file, task)
        : await store.put(key, { file }, task);
      return { store: store.place, key, bytes };
    });
  },
});
