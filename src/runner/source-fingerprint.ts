/** One hash over all that a runner is built from: sources, project, schemes, settings, resources. */
import { dirname } from "node:path";
import type { Environment } from "../toolchain/environment.ts";
import type { Hasher } from "./hashing/hasher.ts";
import { RunnerError } from "./runner-error.ts";

export interface SourceOptions {
  /** Absolute path of the `.xcodeproj` or `.xcworkspace`. */
  readonly project: string;
  readonly scheme: string;
  /** Absolute paths of more folders that the project builds from. */
  readonly sources: readonly string[];
}

export async function sourceFingerprint(
  { project, scheme, sources }: SourceOptions,
  hasher: Hasher,
  env: Environment,
  signal?: AbortSignal,
): Promise<string> {
  const folders = [dirname(project), ...sources];
  try {
    const request = { kind: "sources", folders, scheme, env } as const;
    const { sha256, files } = await hasher.ask(request, signal);
    if (files > 0) return sha256;
  } catch (cause) {
    signal?.throwIfAborted();
    const { message } = cause as Error;
    const problem = `The runner's sources cannot be read: ${message}.`;
    throw new RunnerError("unreadable-sources", "caller", problem, { cause });
  }
  throw new RunnerError("no-sources", "caller", `There is nothing to build in ${folders.join()}.`);
}
