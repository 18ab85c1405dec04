/** The HTTP face: every tool is `POST /v1/tools/<name>`, derived from its definition. */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import * as z from "zod";
import { columnsToJson, encodeColumns } from "../profile/columns.ts";
import type { Services } from "../tools/services.ts";
import type { Tool } from "../tools/tool.ts";
import { refusal } from "./auth.ts";
import type { Events } from "./events.ts";
import { describeFailure } from "./failure.ts";
import { encodeFrame, encodeJsonFrame, frameKinds } from "./frames.ts";
import { framesType, instanceHeader, requestIdHeader } from "./headers.ts";
import type { Job, Jobs } from "./job.ts";

export interface HttpOptions {
  readonly instanceId: string;
  readonly token: string;
  readonly tools: readonly Tool[];
  readonly services: Services;
  readonly jobs: Jobs;
  readonly events: Events;
  readonly log: (line: string) => void;
  /** `POST /v1/shutdown` was asked for. */
  readonly onShutdown: () => void;
}

const bodyLimit = 8 * 1024 * 1024;

export function createHttp(options: HttpOptions): FastifyInstance {
  const app = Fastify({ bodyLimit, forceCloseConnections: true });
  app.addHook("onRequest", async (request, reply) => {
    reply.header(instanceHeader, options.instanceId);
    const refused = refusal(request.headers, options.token);
    if (refused) {
      return reply.code(refused.status).send({ code: "refused", message: refused.message });
    }
    return undefined;
  });
  app.setErrorHandler((error, _request, reply) => {
    const status = (error as { statusCode?: number }).statusCode;
    if (status !== undefined && status < 500) {
      const { message } = error as Error;
      return reply.code(status).send({ code: "bad-request", message });
    }
    const failure = describeFailure(error);
    if (failure.log) options.log(failure.log);
    return reply.code(failure.status).send(failure.answer);
  });
  for (const tool of options.tools) {
    app.post(`/v1/tools/${tool.name}`, (request, reply) => callTool(tool, options, request, reply));
  }
  app.get("/v1/jobs", () => options.jobs.list());
  app.delete<{ Params: { id: string } }>("/v1/jobs/:id", (request, reply) => {
    const job = options.jobs.get(request.params.id);
    job?.cancel();
    return reply.code(job ? 202 : 404).send({ cancelled: job !== undefined });
  });
  app.get("/v1/events", (request, reply) => streamEvents(options.events, request, reply));
  app.post("/v1/shutdown", (_request, reply) => {
    options.onShutdown();
    return reply.code(202).send({ stopping: true });
  });
  return app;
}

async function callTool(
  tool: Tool,
  { services, jobs, log }: HttpOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const input = tool.input.safeParse(request.body);
  if (!input.success) {
    const message = `${tool.name}: ${z.prettifyError(input.error)}`;
    return reply.code(400).send({ code: "bad-input", message });
  }
  const given = request.headers[requestIdHeader];
  const id = typeof given === "string" && given !== "" ? given : request.id;
  const job = jobs.start({ id, tool: tool.name, readOnly: tool.readOnly }, (signal, onProgress) =>
    tool.run(input.data, { signal, onProgress, services }),
  );
  if (request.headers.accept === framesType) {
    await answerInFrames(job, reply, log);
    return reply;
  }
  return columnsToJson(await watchUntilClosed(job, reply, () => {}));
}

async function answerInFrames(
  job: Job,
  reply: FastifyReply,
  log: (line: string) => void,
): Promise<void> {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { ...reply.getHeaders(), "content-type": framesType } as Record<
    string,
    string
  >);
  try {
    const value = await watchUntilClosed(job, reply, (progress) => {
      raw.write(encodeJsonFrame(frameKinds.progress, progress));
    });
    raw.end(encodeFrame(frameKinds.result, new Uint8Array(encodeColumns(value ?? null))));
  } catch (error) {
    const failure = describeFailure(error);
    if (failure.log) log(failure.log);
    raw.end(encodeJsonFrame(frameKinds.error, failure.answer));
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
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { ...reply.getHeaders(), "content-type": "application/x-ndjson" } as Record<
    string,
    string
  >);
  // Headers reach the client only with a first byte: it then knows that it misses nothing.
  raw.write("\n");
  const end = events.listen((event) => raw.write(`${JSON.stringify(event)}\n`));
  request.raw.socket.once("close", end);
}
