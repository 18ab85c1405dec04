/** Where evidence comes from when nobody says. */
import { hostname } from "node:os";
import { basename } from "node:path";
import { type ArtifactKind, artifactKey, kindOfName, type Origin } from "./key.ts";
import { nextSequence } from "./sequence.ts";

/** @param folder absolute path of the project */
export function defaultOrigin(folder: string): Origin {
  return {
    env: "local",
    project: basename(folder),
    job: "manual",
    target: hostname(),
    step: "manual",
  };
}

/** A key that nobody has yet. */
export function newKey(origin: Origin, kind: ArtifactKind): string {
  return artifactKey({ ...origin, kind, time: Date.now(), seq: nextSequence() });
}

/** By its name; `undefined` when that does not tell. */
export function kindOfFile(path: string): ArtifactKind | undefined {
  return kindOfName(basename(path)) ?? (/-v8.*\.log$/.test(path) ? "v8log" : undefined);
}
