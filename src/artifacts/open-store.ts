/** A store by what a person writes: a folder, or `s3://bucket/prefix`. */
import { isAbsolute } from "node:path";
import { ArtifactError } from "./artifact-error.ts";
import { FolderStore } from "./folder-store.ts";
import { isS3Location, parseS3Location } from "./s3-location.ts";
import type { ArtifactStore } from "./store.ts";

/**
 * Asks nobody yet.
 * @param place a folder's absolute path, or an S3 location
 * @param maxBytes bound of a folder
 * @throws ArtifactError `bad-store`
 */
export async function openStore(place: string, maxBytes?: number): Promise<ArtifactStore> {
  if (isS3Location(place)) {
    const { S3Store } = await import("./s3-store.ts");
    return new S3Store(parseS3Location(place));
  }
  if (!isAbsolute(place)) {
    const message = `${place}: expected a folder's absolute path or s3://bucket/prefix.`;
    throw new ArtifactError("bad-store", message);
  }
  return new FolderStore(place, maxBytes === undefined ? undefined : { maxBytes });
}
