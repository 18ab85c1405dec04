/** A task of type `hangscope` as users write it in `tasks.json`. */
import * as z from "zod";
import { prepareInputSchema } from "./prepare-result.ts";
import { RunnerError } from "./runner-error.ts";

const { platform, device, project, scheme, test, settings, sources, verify } =
  prepareInputSchema.shape;

const taskSchema = z.strictObject({
  type: z.string(),
  task: z.enum(["prepare", "clean"]),
  platform,
  device,
  project,
  scheme,
  test,
  settings: settings.unwrap().optional(),
  sources: sources.unwrap().optional(),
  verify: verify.unwrap().optional(),
  timeoutSeconds: z.number().positive().max(7_200).optional(),
});

/**
 * What it asks of `runner.prepare`; paths as they are written.
 * @throws RunnerError `bad-input` with what is wrong
 */
export function readTask(definition: unknown) {
  const { data, error } = taskSchema.safeParse(definition);
  if (!data) throw new RunnerError("bad-input", "caller", z.prettifyError(error));
  const { type: _, task, timeoutSeconds, ...rest } = data;
  return {
    ...withoutUndefined(rest),
    platform: data.platform,
    clean: task === "clean",
    ...(timeoutSeconds !== undefined && { timeoutMs: Math.round(timeoutSeconds * 1_000) }),
  };
}

function withoutUndefined<T extends object>(given: T) {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
