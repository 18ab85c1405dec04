/** What the tools for evidence share. */
import * as z from "zod";
import { defaultStoreBytes } from "../artifacts/folder-store.ts";
import { artifactKinds } from "../artifacts/key.ts";
import { openStore } from "../artifacts/open-store.ts";
import type { ArtifactStore } from "../artifacts/store.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import type { Services } from "./services.ts";
import { ToolError } from "./tool.ts";

export const storeSchema = z
  .string()
  .optional()
  .describe(
    "Absolute path of a folder, or s3://bucket/prefix (?endpoint=URL&region=NAME&path-style=true); by default the workspace's own. Credentials come from the AWS configuration",
  );

export const keySchema = z.string().min(1).describe("As artifacts.list gives it");

export const kindSchema = z.enum(artifactKinds);

export const artifactSchema = z
  .object({
    key: z.string().describe("env/project/job/target/step/<time>-<seq>.<kind>"),
    kind: kindSchema.exactOptional().describe("Absent for another's file"),
    bytes: z.number().int().nonnegative(),
    time: z.number().describe("When it was captured, milliseconds since the epoch"),
    pinned: z.boolean().describe("It stays, whatever the store's bounds"),
  })
  .readonly();

/** All that these tools need: they run in a terminal as well, with its AWS configuration. */
export interface ArtifactContext extends TaskOptions {
  readonly services: Pick<Services, "artifactFolder">;
}

/** Opens the store that is asked for, or the workspace's own, and closes it after its use. */
export async function withStore<T>(
  place: string | undefined,
  { artifactFolder }: ArtifactContext["services"],
  use: (store: ArtifactStore) => Promise<T>,
): Promise<T> {
  if (place === undefined && artifactFolder === undefined) {
    throw new ToolError("bad-input", "This server has no folder for artifacts: give a store.");
  }
  const store =
    place === undefined
      ? await openStore(artifactFolder!, defaultStoreBytes)
      : await openStore(place);
  try {
    return await use(store);
  } finally {
    store.close();
  }
}
