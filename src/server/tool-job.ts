/** A call of a tool as a job: the same whichever face of the server it came through. */
import type { Caller } from "../tools/caller.ts";
import type { Services } from "../tools/services.ts";
import type { Tool } from "../tools/tool.ts";
import type { Job, JobSpec } from "./job.ts";
import type { Jobs } from "./jobs.ts";

export interface ToolJobOptions extends Pick<JobSpec, "id" | "isKept"> {
  readonly caller: Caller;
}

/**
 * @param input what the tool's own schema has let through
 * @throws ToolError `too-busy`
 */
export function startToolJob(
  tool: Tool,
  input: unknown,
  { caller, ...spec }: ToolJobOptions,
  { jobs, services }: { readonly jobs: Jobs; readonly services: Services },
): Job {
  return jobs.start({ ...spec, tool: tool.name, readOnly: tool.readOnly }, (signal, onProgress) =>
    tool.run(input, { signal, onProgress, services, caller }),
  );
}
