/** The HTTP face: every tool is `POST /tools/<name>`, derived from its definition. */
import type { AddressInfo } from "node:net";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import * as z from "zod";
import { columnsToJson, encodeColumns } from "../profile/columns.ts";
import type { Progress } from "../toolchain/progress.ts";
import { callerSchema } from "../tools/caller.ts";
import { describeTool, type Tool } from "../tools/tool.ts";
import { refusal } from "./auth.ts";
import type { Events } from "./events.ts";
import { describeFailure } from "./failure.ts";
import { encodeFrame, encodeJsonFrame, frameKinds } from "./frames.ts";
import { framesType, instanceHeader, linesType, requestIdHeader } from "./headers.ts";
import type { Job } from "./job.ts";
import { bodyLimit, connectionsCheckingInterval, limitServer } from "./limits.ts";
import type { Log } from "./log-file.ts";
import type { McpOptions } from "./mcp.ts";
import type { ErrorAnswer } from "./protocol.ts";
import { startToolJob } from "./tool-job.ts";

export interface HttpOptions extends McpOptions {
  readonly instanceId: string;
  readonly token: string;
  readonly events: Events;
  /** `POST /shutdown` was asked for. */
  readonly onShutdown: () => void;
  /** Whether nothing is under way that leaving would end. */
  readonly isIdle: () => boolean;
}

const callSchema = z.object({ input: z.unknown(), caller: callerSchema.optional() });

export function createHttp(options: HttpOptions): FastifyInstance {
  const { tools, jobs, events, log } = options;
  const app = Fastify({
    bodyLimit,
    forceCloseConnections: true,
    http: { connectionsCheckingInterval },
  });
  limitServer(app.server);
  app.addHook("onRequest", async (request, reply) => {
    reply.header(instanceHeader, options.instanceId);
    const { port } = app.server.address() as AddressInfo;
    const refused = refusal(request.headers, options.token, port);
    if (!refused) return undefined;
    log.warn(`refused ${request.method} ${request.routeOptions.url ?? "?"}: ${refused.status}`);
    // What else is on the way is not waited for.
    reply.header("connection", "close");
    return reply.code(refused.status).send({ code: "refused", message: refused.message });
  });
  app.setErrorHandler((error, _request, reply) => {
    const status = (error as { statusCode?: number }).statusCode;
    if (status !== undefined && status < 500) {
      const { message } = error as Error;
      return reply.code(status).send({ code: "bad-request", message });
    }
    const failure = describeFailure(error);
    if (failure.log) log.error(failure.log);
    return reply.code(failure.status).send(failure.answer);
  });
  app.get("/tools", () => tools.map(describeTool));
  for (const tool of tools) {
    app.post(`/tools/${tool.name}`, (request, reply) => callTool(tool, options, request, reply));
  }
  app.post("/mcp", async (request, reply) => {
    // Most servers are never asked by an agent, and start sooner without the SDK.
    const { answerMcp } = await import("./mcp.ts");
    await answerMcp(options, request, reply);
    return reply;
  });
  app.route({
    method: ["GET", "DELETE"],
    url: "/mcp",
    handler: (_request, reply) =>
      reply.code(405).header("allow", "POST").send({
        code: "not-allowed",
        message: "There are no sessions and no events of their own here: POST only.",
      }),
  });
  app.get("/jobs", () => jobs.list());
  app.delete<{ Params: { id: string } }>("/jobs/:id", (request, reply) => {
    const job = jobs.get(request.params.id);
    job?.cancel();
    return reply.code(job ? 202 : 404).send({ cancelled: job !== undefined });
  });
  app.get("/events", (request, reply) => streamEvents(events, request, reply));
  app.post("/retire", (_request, reply) => {
    const retiring = options.isIdle();
    if (retiring) options.onShutdown();
    return reply.code(retiring ? 202 : 409).send({ retiring });
  });
  app.post("/shutdown", (_request, reply) => {
    options.onShutdown();
    return reply.code(202).send({ stopping: true });
  });
  return app;
}

async function callTool(
  tool: Tool,
  options: HttpOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const body = callSchema.safeParse(request.body);
  const input = tool.input.safeParse(body.data?.input);
  const problem = body.error ?? input.error;
  if (problem) {
    const message = `${tool.name}: ${z.prettifyError(problem)}`;
    return reply.code(400).send({ code: "bad-input", message });
  }
  const caller = body.data?.caller ?? {};
  const given = request.headers[requestIdHeader];
  const id = typeof given === "string" && given !== "" ? given : request.id;
  const job = startToolJob(tool, input.data, { id, caller }, options);
  const { accept } = request.headers;
  const form = accept === framesType ? inFrames : accept === linesType ? inLines : undefined;
  if (form) {
    await answerAsItComes(job, form, reply, options.log);
    return reply;
  }
  return columnsToJson(await watchUntilClosed(job, reply, () => {}));
}

/** How a stream of progress, ended by a result or an error, is written. */
interface AnswerForm {
  readonly type: string;
  progress(progress: Progress): string | Uint8Array;
  result(value: unknown): string | Uint8Array;
  error(answer: ErrorAnswer): string | Uint8Array;
}

/** For our own clients: a large result goes as it is. */
const inFrames: AnswerForm = {
  type: framesType,
  progress: (progress) => encodeJsonFrame(frameKinds.progress, progress),
  result: (value) => encodeFrame(frameKinds.result, new Uint8Array(encodeColumns(value))),
  error: (answer) => encodeJsonFrame(frameKinds.error, answer),
};

/** For everyone else: a line of JSON each. */
const inLines: AnswerForm = {
  type: linesType,
  progress: (progress) => `${JSON.stringify({ progress })}\n`,
  result: (value) => `${JSON.stringify({ result: columnsToJson(value) })}\n`,
  error: (error) => `${JSON.stringify({ error })}\n`,
};

async function answerAsItComes(
  job: Job,
  form: AnswerForm,
  reply: FastifyReply,
  log: Log,
): Promise<void> {
  const raw = takeOver(reply, form.type);
  try {
    const value = await watchUntilClosed(job, reply, (progress) => {
      raw.write(form.progress(progress));
    });
    raw.end(form.result(value ?? null));
  } catch (error) {
    const failure = describeFailure(error);
    if (failure.log) log.error(failure.log);
    raw.end(form.error(failure.answer));
  }
}

async function watchUntilClosed(
  job: Job,
  reply: FastifyReply,
  onProgress: Parameters<Job["watch"]>[0],
): Promise<unknown> {
  const leave = job.watch(onProgress);
  reply.raw.once("close", leave);
  return job.outcome;
}

function streamEvents(events: Events, request: FastifyRequest, reply: FastifyReply): void {
  const raw = takeOver(reply, linesType);
  // Headers reach the client only with a first byte: it then knows that it misses nothing.
  raw.write("\n");
  const end = events.listen((event) => raw.write(`${JSON.stringify(event)}\n`));
  request.raw.socket.once("close", end);
}

/** Answers that come bit by bit are written past Fastify, with the headers it was given. */
function takeOver(reply: FastifyReply, contentType: string): FastifyReply["raw"] {
  reply.hijack();
  const headers = { ...reply.getHeaders(), "content-type": contentType } as Record<string, string>;
  reply.raw.writeHead(200, headers);
  return reply.raw;
}
