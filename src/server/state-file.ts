/** What is known of a folder's server between calls: one small file that the server itself keeps. */
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { processIdentitySchema } from "../toolchain/process-identity/identity.ts";
import { buildSchema } from "./version.ts";

/** How callers reach a server, and how they know that it is the one. */
export const addressSchema = z.object({
  instanceId: z.string().min(16),
  /** Of tools and jobs. */
  port: z.number().int().min(1).max(65_535),
  /** Of the thread that answers `/health`. */
  healthPort: z.number().int().min(1).max(65_535),
  token: z.string().min(32),
});
export type Address = z.output<typeof addressSchema>;

export const stateSchema = z.object({
  /** Of the routes and this file; another one is not spoken to. */
  protocol: z.literal(1),
  server: addressSchema,
  process: processIdentitySchema,
  build: buildSchema,
  /** `cli`: a user started it by hand, so that only a user ends it. */
  managed: z.enum(["autospawn", "cli"]),
});
export type RecordedServer = z.output<typeof stateSchema>;

/** `undefined` when there is none that can be read: a broken file is as good as none. */
export async function readState(path: string): Promise<RecordedServer | undefined> {
  try {
    return stateSchema.safeParse(JSON.parse(await readFile(path, "utf8"))).data;
  } catch {
    return undefined;
  }
}
