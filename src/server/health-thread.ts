/**
 * The thread that answers for the server when its main loop cannot: a busy server is never taken
 * for a dead one. It shares with the main thread one number, the time of its last sign of life.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { refusal } from "./auth.ts";
import { instanceHeader } from "./headers.ts";
import { type HealthThreadData, lastAlive, monotonicMs } from "./health.ts";
import { type JobInfo, jobsAt } from "./job.ts";
import { connectionsCheckingInterval, limitServer } from "./limits.ts";
import type { Health } from "./protocol.ts";

const { instanceId, pid, token, alive } = workerData as HealthThreadData;
const startedAt = monotonicMs();
let jobs: readonly JobInfo[] = [];
let port = 0;

parentPort!.on("message", (update: readonly JobInfo[]) => {
  jobs = update;
});

const server = createServer({ connectionsCheckingInterval }, (request, response) => {
  response.setHeader(instanceHeader, instanceId);
  response.setHeader("content-type", "application/json");
  const refused = refusal(request.headers, token, port);
  const found = request.method === "GET" && request.url === "/health";
  response.statusCode = refused?.status ?? (found ? 200 : 404);
  response.end(JSON.stringify(found && !refused ? health() : { message: refused?.message ?? "" }));
});
limitServer(server);

function health(): Health {
  const now = monotonicMs();
  const silentMs = Math.max(0, now - lastAlive(alive));
  return { instanceId, pid, uptimeMs: now - startedAt, silentMs, jobs: jobsAt(jobs, now) };
}

server.listen(0, "127.0.0.1", () => {
  ({ port } = server.address() as AddressInfo);
  parentPort!.postMessage(port);
});
