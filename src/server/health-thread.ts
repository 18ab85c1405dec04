/**
 * The thread that answers for the server when its main loop cannot: a busy server is never taken
 * for a dead one. It shares with the main thread one number, the time of its last sign of life.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { parentPort, workerData } from "node:worker_threads";
import { refusal } from "./auth.ts";
import { instanceHeader } from "./headers.ts";
import { type HealthThreadData, type HealthUpdate, lastAlive } from "./health.ts";
import type { Health } from "./protocol.ts";

const { instanceId, pid, token, alive } = workerData as HealthThreadData;
let jobs: Health["jobs"] = [];

parentPort!.on("message", (update: HealthUpdate) => {
  jobs = [...update.jobs];
});

const server = createServer((request, response) => {
  response.setHeader(instanceHeader, instanceId);
  response.setHeader("content-type", "application/json");
  const refused = refusal(request.headers, token);
  const found = request.method === "GET" && request.url === "/health";
  response.statusCode = refused?.status ?? (found ? 200 : 404);
  const silentMs = Math.max(0, Date.now() - lastAlive(alive));
  const health: Health = { instanceId, pid, silentMs, jobs };
  response.end(JSON.stringify(found && !refused ? health : { message: refused?.message ?? "" }));
});

server.listen(0, "127.0.0.1", () => {
  parentPort!.postMessage((server.address() as AddressInfo).port);
});
