/**
 * Jobs as an agent meets them. A call that takes long answers with its job's id before clients
 * give up, and `jobs.wait` goes on from there. Nothing that an agent does or leaves undone cancels
 * a job: whoever gave up finds it, and its answer, with `jobs.list`.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";
import { progressSchema, type TaskOptions } from "../toolchain/progress.ts";
import { type ToolContext, ToolError } from "../tools/tool.ts";
import { monotonicMs } from "./health.ts";
import { isUnderWay, type Job, type JobInfo, jobStates } from "./job.ts";
import type { Jobs } from "./jobs.ts";
import { answerResult } from "./mcp-results.ts";
import type { AgentTool, StillRuns } from "./mcp-tool.ts";

/** Less than what any client we know of waits for an answer. */
export const longestWaitMs = 20_000;

/** @param answerWithinMs how long a call waits that does not say it */
export function jobTools(jobs: Jobs, answerWithinMs: number): AgentTool[] {
  return [
    agentTool({
      name: "jobs.wait",
      title: "Wait for a job",
      description:
        "Goes on waiting for a call that answered with a jobId, and gives that call's answer; or says that it still runs: call again then. Fails as the call itself when that failed.",
      input: z.object({
        jobId: z.string(),
        waitMs: z.number().int().min(0).max(longestWaitMs).default(answerWithinMs),
      }),
      output: z.looseObject({}).describe("The call's own answer"),
      readOnly: true,
      run: async ({ jobId, waitMs }, task) => {
        const job = jobs.get(jobId);
        if (job) return resultWithin(job, waitMs, task);
        const message = `There is no job ${jobId}: see jobs.list. Only the latest finished ones are kept, and none when the server has ended.`;
        throw new ToolError("unknown-job", message);
      },
    }),
    agentTool({
      name: "jobs.list",
      title: "List jobs",
      description:
        "Gives the calls that run and the latest that have ended, oldest first, by their jobId. Finds a call again whose answer was not waited for; jobs.wait gives it.",
      input: z.object({}),
      output: z.object({ jobs: z.array(listedSchema) }),
      readOnly: true,
      run: async () => {
        const now = monotonicMs();
        return answerResult({ jobs: jobs.list().map((info) => listed(info, now)) });
      },
    }),
  ];
}

const listedSchema = z.object({
  jobId: z.string(),
  tool: z.string(),
  state: z.enum(jobStates),
  startedMsAgo: z.number(),
  message: z.string().exactOptional(),
});

/** The answer comes in MCP's form. */
function agentTool<Input extends z.ZodType>(
  tool: Omit<AgentTool, "input" | "run" | "progress"> & {
    readonly input: Input;
    run(input: z.output<Input>, context: ToolContext): Promise<CallToolResult>;
  },
): AgentTool {
  return { ...tool, progress: progressSchema } as AgentTool;
}

/** The job's answer, or that it still runs. */
export async function resultWithin(
  job: Job,
  waitMs: number,
  { signal, onProgress = () => {} }: TaskOptions,
): Promise<CallToolResult> {
  const leave = job.watch(onProgress);
  try {
    await ended(job, waitMs, signal);
    const { info } = job;
    return isUnderWay(info) ? stillRuns(info) : answerResult(await job.outcome);
  } finally {
    leave();
  }
}

/** Settles when the job has ended, the time is over or nobody waits any more. */
async function ended(job: Job, withinMs: number, signal: AbortSignal | undefined): Promise<void> {
  const wake = new AbortController();
  void job.ended.then(() => wake.abort());
  const signals = signal ? [signal, wake.signal] : [wake.signal];
  await sleep(withinMs, undefined, { signal: AbortSignal.any(signals) }).catch(() => {});
}

function stillRuns({
  id,
  tool,
  state,
  progress,
}: JobInfo & Pick<StillRuns, "state">): CallToolResult {
  const message = progress?.message ?? (state === "waiting" ? "Waiting for its turn" : "Running");
  const advice = `Call jobs.wait with {"jobId":"${id}"} for its answer; calling ${tool} again would start another.`;
  return {
    content: [{ type: "text", text: `${tool} still runs: ${message}. ${advice}` }],
    structuredContent: { jobId: id, state, message } satisfies StillRuns,
  };
}

function listed(
  { id, tool, state, startedAt, progress }: JobInfo,
  now: number,
): z.output<typeof listedSchema> {
  const message = progress?.message;
  return {
    jobId: id,
    tool,
    state,
    startedMsAgo: Math.max(0, now - startedAt),
    ...(message !== undefined && { message }),
  };
}
