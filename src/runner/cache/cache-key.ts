/** What an artifact is made of. Two that differ in any of it are never taken for each other. */
import * as z from "zod";
import { canonicalJson, sha256 } from "./canonical.ts";

/**
 * Raised whenever a field comes, goes or changes its meaning. The fields' own digest is a part of
 * every key as well, so that forgetting this mixes up nothing; a test minds it all the same.
 */
export const schemaVersion = 1;

const release = z.strictObject({ version: z.string().min(1), build: z.string().min(1) });

export const metadataSchema = z.strictObject({
  /** Of all inputs of the build: see `source-fingerprint.ts`. */
  source: z.string().regex(/^[0-9a-f]{64}$/),
  xcode: release,
  sdk: release.extend({ name: z.string().min(1) }),
  /** Of the machine that builds: simulators run its instructions. */
  hostArch: z.string().min(1),
  platform: z.string().min(1),
  kind: z.enum(["simulator", "device", "host"]),
  /** Of destinations. */
  family: z.string().min(1),
  scheme: z.string().min(1),
  /** A set. */
  buildOptions: z.array(z.string()),
  buildSettings: z.record(z.string(), z.string()),
});
export type ArtifactMetadata = z.output<typeof metadataSchema>;

/** Changes with every field that comes, goes or takes other values. */
export function schemaDigest(schema: z.ZodType = metadataSchema): string {
  return sha256(canonicalJson(z.toJSONSchema(schema) as Parameters<typeof canonicalJson>[0]));
}

const ownDigest = schemaDigest();

/** @throws when a part is missing: an unknown is never a part of a key. */
export function cacheKey(metadata: ArtifactMetadata): string {
  const { buildOptions, ...rest } = metadataSchema.parse(metadata);
  return sha256(
    canonicalJson({
      schemaVersion,
      schema: ownDigest,
      ...rest,
      buildOptions: new Set(buildOptions),
    }),
  );
}
