/** `hangscope symbolize` of a store's logs: the newest one, or all as one profile. */
import { basename, resolve } from "node:path";
import { isS3Location, parseS3Location } from "../artifacts/s3-location.ts";
import { fileExtensions, type WriterFormat } from "../formats/writer-formats.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import { artifactsSymbolize } from "../tools/artifacts-symbolize.ts";

export interface FleetFlags {
  readonly which: "newest" | "all";
  readonly match?: string | undefined;
  readonly output?: string | undefined;
  readonly format: WriterFormat;
}

/** @returns what to print, and what was lost in reading, in words. */
export async function symbolizeFleet(
  place: string,
  { which, match, output, format }: FleetFlags,
  task: TaskOptions,
): Promise<{ readonly text: string; readonly warnings: readonly string[] }> {
  const store = isS3Location(place) ? place : resolve(place);
  const answer = await artifactsSymbolize.run(
    {
      ...{ store, which, match, format, prefix: undefined },
      output: resolve(output ?? `${nameOf(store)}.${fileExtensions[format]}`),
      workspaceFolders: [process.cwd()],
    },
    { ...task, services: { artifactFolder: undefined } },
  );
  const logs = answer.machines.map(({ name, logs: count }) => `${name} (${count})`);
  return {
    text: answer.output,
    warnings: [
      `Logs by machine: ${logs.join(", ")}.`,
      ...answer.skipped.map(({ key, reason }) => `Warning: ${key} was passed over: ${reason}`),
    ],
  };
}

function nameOf(store: string): string {
  if (!isS3Location(store)) return basename(store) || "fleet";
  const { prefix, bucket } = parseS3Location(store);
  return basename(prefix) || bucket;
}
