/** What is asked of a preparation, what it tells on the way, and what comes of it. */
import * as z from "zod";
import { diagnosticSchema } from "./diagnostics/diagnostic.ts";
import { platformNames } from "./platforms.ts";

export const phases = [
  "resolve",
  "wait",
  "restore",
  "validate",
  "build",
  "launch",
  "health",
] as const;
export type Phase = (typeof phases)[number];

export const defaultTimeoutMs = 900_000;

export const prepareInputSchema = z.object({
  platform: z.enum(platformNames),
  device: z
    .string()
    .optional()
    .describe("UDID of a simulator or device; by default a booted simulator, or one that can be"),
  project: z
    .string()
    .optional()
    .describe(
      "Absolute path of an .xcodeproj or .xcworkspace in place of the runner that comes along; it has to obey the runner's protocol",
    ),
  scheme: z.string().optional(),
  test: z
    .string()
    .regex(/^[^/]+(?:\/[^/]+){0,2}$/)
    .optional()
    .describe("Target/Class/method that serves"),
  settings: z
    .record(z.string().regex(/^[A-Za-z_][\w[\]=*,]*$/), z.string())
    .default({})
    .describe("Build settings, such as DEVELOPMENT_TEAM"),
  sources: z
    .array(z.string())
    .default([])
    .describe("Absolute paths of more folders that the project builds from"),
  clean: z.boolean().default(false).describe("Build, whatever is cached"),
  verify: z.boolean().default(false).describe("Read every cached file, not only a sample"),
  timeoutMs: z
    .number()
    .int()
    .min(1)
    .max(7_200_000)
    .default(defaultTimeoutMs)
    .describe("For all phases together"),
  cacheDir: z.string().optional().describe("Absolute path, in place of the user's cache"),
  maxCacheBytes: z.number().int().positive().optional(),
});
export type PrepareInput = z.output<typeof prepareInputSchema>;

const milliseconds = z.number().nonnegative();
const timings = z
  .object({
    total: milliseconds,
    ...Object.fromEntries(phases.map((phase) => [phase, milliseconds.exactOptional()])),
  } as { total: typeof milliseconds } & Record<Phase, z.ZodExactOptional<typeof milliseconds>>)
  .readonly()
  .describe("Milliseconds by phase, those that were passed through");
export type Timings = z.output<typeof timings>;

const recovered = z
  .object({
    reason: z.string().describe("What went wrong before it went well"),
    attempt: z.number().int().min(2).describe("Which one went well"),
  })
  .readonly();
export type Recovered = z.output<typeof recovered>;

const common = {
  timings,
  warnings: z.array(z.string()).readonly(),
  diagnostics: z.array(diagnosticSchema).readonly().describe("Of the build, if there was one"),
  joined: z
    .boolean()
    .exactOptional()
    .describe("The same was being prepared already; this is what came of it"),
};

const runner = z
  .object({
    device: z.string().describe("UDID; empty for this Mac"),
    name: z.string(),
    platform: z.string(),
    port: z.number().int(),
    instance: z.string(),
    fingerprint: z.string(),
    pid: z.number().int(),
  })
  .readonly();

export const preparedSchema = z
  .object({
    ok: z.literal(true),
    cache: z.enum(["hit", "miss"]).describe("Whether there was an entry of this key"),
    artifact: z.enum(["restored", "built", "rebuilt"]),
    started: z.enum(["launched", "running"]).describe("`running`: a healthy one ran already"),
    recovered: recovered.exactOptional(),
    key: z.string(),
    xctestrunPath: z.string(),
    runner,
    ...common,
  })
  .readonly();
export type Prepared = z.output<typeof preparedSchema>;

export const notPreparedSchema = z
  .object({
    ok: z.literal(false),
    failure: z
      .object({
        code: z.string().describe("Stable, kebab-case"),
        phase: z.enum(phases),
        blame: z.enum(["environment", "artifact", "source", "caller"]),
        message: z.string(),
        output: z.string().exactOptional().describe("The end of what the program said"),
      })
      .readonly(),
    ...common,
  })
  .readonly();
export type NotPrepared = z.output<typeof notPreparedSchema>;

export const prepareResultSchema = z.union([preparedSchema, notPreparedSchema]);
export type PrepareResult = Prepared | NotPrepared;

/** How far a preparation is. */
export const prepareStateSchema = z
  .object({
    phase: z.enum(phases),
    elapsedMs: milliseconds,
    /** The compiler's last line, or what is waited for. */
    detail: z.string(),
  })
  .readonly();
export type PrepareState = z.output<typeof prepareStateSchema>;
