/** What an entry of the cache is. Nothing in it is absolute; its files are listed beside it. */
import { readFile } from "node:fs/promises";
import * as z from "zod";
import { isInnerPath } from "../hashing/product-list.ts";
import { metadataSchema } from "./cache-key.ts";

const innerPath = z.string().refine(isInnerPath, "leads out of the entry");
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.number().int().nonnegative();

export const manifestSchema = z.strictObject({
  format: z.literal(1),
  /** Of this one build: another build of the same key has another. */
  id: z.uuid(),
  key: hash,
  metadata: metadataSchema,
  /** ISO 8601; for people only. */
  createdAt: z.string(),
  /** The `.xctestrun`, below the products. */
  testRun: innerPath,
  /** Read at every restore: without them nothing runs. */
  essential: z.array(innerPath),
  bytes: count,
  /** Of `files.json`, which lists every file with its hash. */
  files: z.strictObject({ count, sha256: hash }),
});
export type Manifest = z.output<typeof manifestSchema>;

/** `undefined` where there is none; otherwise why it cannot be used, or the manifest. */
export async function readManifest(path: string): Promise<Manifest | string | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return code === "ENOENT" ? undefined : `its manifest cannot be read: ${message}`;
  }
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(text));
    return parsed.data ?? `its manifest is damaged: ${z.prettifyError(parsed.error!)}`;
  } catch {
    return "its manifest is damaged";
  }
}
