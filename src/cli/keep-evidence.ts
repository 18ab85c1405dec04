/** `--keep`: what a capture left goes into a store, here, with this terminal's AWS configuration. */
import { resolve } from "node:path";
import { UploadBudgets } from "../artifacts/budget.ts";
import type { ArtifactKind } from "../artifacts/key.ts";
import { isS3Location } from "../artifacts/s3-location.ts";
import { serverFolder } from "../launcher/server-folder.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import { artifactsKeep, type KeptFile } from "../tools/artifacts-keep.ts";

/** A folder or S3 location, or `true` for the workspace's own store. */
export type KeepPlace = string | true;

interface Evidence {
  readonly files: readonly {
    readonly path: string;
    readonly kind: ArtifactKind;
    readonly pid?: number;
  }[];
  readonly place: KeepPlace;
  /** Absolute path. */
  readonly workspace: string;
  readonly step: string;
}

export async function keepEvidence(
  { files, place, workspace, step }: Evidence,
  task: TaskOptions,
): Promise<readonly KeptFile[]> {
  const input = artifactsKeep.input.parse({
    ...(place !== true && { store: isS3Location(place) ? place : resolve(place) }),
    files: files.map(({ path, ...file }) => ({ file: path, ...file })),
    folder: workspace,
    step,
  });
  const { artifacts } = serverFolder(workspace);
  const services = { artifactFolder: artifacts, uploads: new UploadBudgets() };
  return (await artifactsKeep.run(input, { ...task, services })).kept;
}

/** A line for each file. */
export function keptText(kept: readonly KeptFile[]): string {
  return kept
    .map(({ file, key, reason }) => (key ? `Kept as ${key}` : `Not kept: ${file}: ${reason}`))
    .join("\n");
}
