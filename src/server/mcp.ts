/**
 * The MCP face: the same tools for agents, over streamable HTTP without sessions. Each request
 * has a server object of the SDK of its own; what lasts between requests are the jobs.
 */
import { randomUUID } from "node:crypto";
// The SDK's other server knows no tools whose input is already described by a JSON Schema.
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import {
  type CallToolRequest,
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
} from "@modelcontextprotocol/sdk/types.js";
import type { FastifyReply, FastifyRequest } from "fastify";
import * as z from "zod";
import manifest from "../../package.json" with { type: "json" };
import type { Progress } from "../toolchain/progress.ts";
import type { Services } from "../tools/services.ts";
import type { Tool } from "../tools/tool.ts";
import { describeFailure } from "./failure.ts";
import type { Jobs } from "./jobs.ts";
import type { Log } from "./log-file.ts";
import { callerOfMeta } from "./mcp-caller.ts";
import { jobTools, longestWaitMs, resultWithin } from "./mcp-jobs.ts";
import { RisingProgress } from "./mcp-progress.ts";
import { errorResult } from "./mcp-results.ts";
import { type AgentTool, listed } from "./mcp-tool.ts";
import { startToolJob } from "./tool-job.ts";

export interface McpOptions {
  readonly tools: readonly Tool[];
  readonly services: Services;
  readonly jobs: Jobs;
  readonly log: Log;
  /** Milliseconds after which a call answers with its job's id. Default 20 s. */
  readonly mcpAnswerMs?: number | undefined;
}

const instructions =
  "Profiles of Node programs. Capture with v8.start and v8.stop, or take a profile that is there; profile.open it and ask with profile.query, first for `summary` and `hottest`. A call that takes long answers with a jobId: jobs.wait goes on from there.";

/** Answers one `POST /mcp`. A caller who leaves cancels nothing. */
export async function answerMcp(
  options: McpOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const server = createServer(options);
  const transport = new StreamableHTTPServerTransport();
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    if (value !== undefined) reply.raw.setHeader(name, value);
  }
  reply.raw.once("close", () => void server.close());
  try {
    await server.connect(transport);
    await transport.handleRequest(request.raw, reply.raw, request.body);
  } catch (error) {
    options.log.error(`mcp: ${error instanceof Error ? error.stack : String(error)}`);
    reply.raw.destroy();
  }
}

function createServer(options: McpOptions): Server {
  const { name, displayName: title, version } = manifest;
  const server = new Server(
    { name, title, version },
    { capabilities: { tools: {} }, instructions },
  );
  const tools = agentTools(options);
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: tools.map(listed) }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal, ...client }) => {
    const tool = tools.find(({ name }) => name === params.name);
    if (!tool) throw new McpError(ErrorCode.InvalidParams, `There is no tool ${params.name}.`);
    const rising = new RisingProgress();
    const token = params._meta?.progressToken;
    const tell = (progress: Progress) => {
      const step = rising.next(progress);
      if (token === undefined || !step) return;
      const told = { progressToken: token, ...step };
      // Whoever has left hears nothing more.
      client.sendNotification({ method: "notifications/progress", params: told }).catch(() => {});
    };
    return callTool(tool, params, options, signal, tell);
  });
  return server;
}

function agentTools(options: McpOptions): AgentTool[] {
  const { tools, jobs, mcpAnswerMs = longestWaitMs } = options;
  const startingJobs = tools.map((tool) => startingJob(tool, options, mcpAnswerMs));
  return [...startingJobs, ...jobTools(jobs, mcpAnswerMs)];
}

/** Starts the tool as a job and waits for it as long as clients do. */
function startingJob(tool: Tool, options: McpOptions, answerWithinMs: number): AgentTool {
  return {
    ...tool,
    run(input, { caller, ...task }) {
      // Clients use their requests' ids again, so that these name no job.
      const job = startToolJob(tool, input, { id: randomUUID(), isKept: true, caller }, options);
      return resultWithin(job, answerWithinMs, task);
    },
  };
}

async function callTool(
  tool: AgentTool,
  params: CallToolRequest["params"],
  { services, log }: McpOptions,
  signal: AbortSignal,
  onProgress: (progress: Progress) => void,
): Promise<CallToolResult> {
  const input = tool.input.safeParse(params.arguments ?? {});
  if (input.error) {
    const message = `${tool.name}: ${z.prettifyError(input.error)}`;
    return errorResult({ code: "bad-input", message });
  }
  const caller = callerOfMeta(params._meta);
  try {
    return await tool.run(input.data, { services, caller, signal, onProgress });
  } catch (error) {
    const failure = describeFailure(error);
    if (failure.log) log.error(failure.log);
    return errorResult(failure.answer);
  }
}
