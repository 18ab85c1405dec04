import * as z from "zod";
import {
  type ArtifactContext,
  artifactSchema,
  storeSchema,
  withStore,
} from "./artifacts-schema.ts";
import { defineTool } from "./tool.ts";

export const artifactsList = defineTool({
  name: "artifacts.list",
  title: "List kept evidence",
  description:
    "Lists what is kept in a folder or an S3 bucket, oldest first: V8 logs, profiles, Apple exports, hang reports, cached runners.",
  input: z.object({
    store: storeSchema,
    prefix: z.string().optional().describe("First parts of the keys, such as ci/shop/42"),
  }),
  output: z.object({
    store: z.string().describe("Absolute path or s3://bucket/prefix"),
    artifacts: z.array(artifactSchema).readonly(),
  }),
  readOnly: true,
  run({ store: place, prefix }, { services, ...task }: ArtifactContext) {
    return withStore(place, services, async (store) => ({
      store: store.place,
      artifacts: await store.list(prefix, task),
    }));
  },
});
