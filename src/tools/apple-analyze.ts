import * as z from "zod";
import { importFiles, importTrace } from "../capture/apple/import-trace.ts";
import { type FindingsAnswer, querySchema } from "../profile/query.ts";
import { environmentOf } from "./caller.ts";
import { findings as findingsSchema } from "./findings-schema.ts";
import { defineTool, ToolError } from "./tool.ts";

const file = z.string().optional();
const findingsAnswer: z.ZodType<FindingsAnswer> = findingsSchema;

export const appleAnalyze = defineTool({
  name: "apple.analyze",
  title: "Analyze a recording of an Apple app",
  description:
    "Opens a stopped recording, a .trace (exported first, which needs Xcode) or XML that was already exported (anywhere), and answers with its findings: hangs with the stacks that ran in them, leaks, hot functions. What could not be read is part of the answer: never take a part for clean that is not `read`.",
  input: z.object({
    profile: file.describe("Absolute path of a .hangscope-trace, as apple.stop gave it"),
    trace: file.describe("Absolute path of a .trace"),
    files: z
      .object({ toc: file, cpu: file, hangs: file, leaks: file })
      .optional()
      .describe("Absolute paths of exported XML"),
    pid: z.number().int().positive().optional().describe("Only this process counts"),
    directory: z
      .string()
      .optional()
      .describe("Absolute path of the folder for what is exported; needed but for `profile`"),
    exportLimitSeconds: z
      .number()
      .int()
      .min(1)
      .default(60)
      .describe("How long exporting a table of a trace may go on without writing"),
    limit: z.number().int().min(1).max(1000).default(20).describe("Of functions"),
    workspaceFolders: z.array(z.string()).default([]),
  }),
  output: z.object({
    profileId: z.string().describe("For profile.query"),
    path: z.string().describe("For profile.open; absolute"),
    findings: findingsAnswer,
    warnings: z.array(z.string()).readonly(),
  }),
  readOnly: false,
  async run(
    { workspaceFolders, limit, exportLimitSeconds, ...source },
    { services, caller, ...task },
  ) {
    const env = environmentOf(caller);
    const { path, warnings } = await bring(source, { ...task, env, exportLimitSeconds });
    const profileId = await services.profiles.open(path, workspaceFolders, task, env);
    const query = querySchema.parse({ kind: "findings", limit });
    const findings = await services.profiles.query(profileId, query, task);
    if (findings.kind !== "findings") throw new Error(`Asked for findings, got ${findings.kind}.`);
    return { profileId, path, findings, warnings };
  },
});

interface Source {
  readonly profile?: string | undefined;
  readonly trace?: string | undefined;
  readonly files?: Parameters<typeof importFiles>[0] | undefined;
  readonly pid?: number | undefined;
  readonly directory?: string | undefined;
}

async function bring(
  { profile, trace, files, pid, directory }: Source,
  task: Parameters<typeof importTrace>[2],
): Promise<{ path: string; warnings: readonly string[] }> {
  const given = [profile, trace, files].filter((each) => each !== undefined).length;
  if (given !== 1) {
    throw new ToolError("bad-input", "Give one of profile, trace and files.");
  }
  if (profile !== undefined) return { path: profile, warnings: [] };
  if (directory === undefined) {
    throw new ToolError("bad-input", "Give a directory for what is exported.");
  }
  const only = pid === undefined ? {} : { pid };
  return trace === undefined
    ? importFiles(files!, directory, only)
    : importTrace(trace, directory, { ...task, ...only });
}
