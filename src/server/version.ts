/** Which code a server runs, and which of two codes is newer. */
import { stat } from "node:fs/promises";
import * as z from "zod";
import manifest from "../../package.json" with { type: "json" };

export const buildSchema = z.object({
  /** `package.json`'s. */
  version: z.string(),
  /** Of the server's module, milliseconds since the epoch: tells builds of one version apart. */
  modifiedMs: z.number(),
});
export type Build = z.output<typeof buildSchema>;

/** @param script the server's module */
export async function buildOf(script: string): Promise<Build> {
  const { mtimeMs } = await stat(script);
  return { version: manifest.version, modifiedMs: Math.floor(mtimeMs) };
}

/** Negative when `a` is the older, 0 when they are the same. */
export function compareBuilds(a: Build, b: Build): number {
  const byVersion = a.version.localeCompare(b.version, "en", { numeric: true });
  return byVersion || a.modifiedMs - b.modifiedMs;
}
