/**
 * The server's process. Its launcher hears over the spawn channel where it listens; the channel
 * is then closed, so that neither keeps the other alive. Nothing secret is in argv.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openLog } from "./log-file.ts";
import { serve } from "./serve.ts";

const { values } = parseArgs({
  options: { folder: { type: "string" }, "idle-ms": { type: "string", default: "1800000" } },
});
if (!values.folder || !process.send) {
  throw new Error("The server is started by Hangscope itself: try `hangscope server start`.");
}

const log = openLog(join(values.folder, "server.log"));
process.on("uncaughtException", (error) => {
  log(`fatal: ${error.stack}`);
  process.exit(1);
});

const server = await serve({ log, idleMs: Number(values["idle-ms"]) });
for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    log(`leaving: ${signal}`);
    void server.stop();
  });
}
log(`ready: pid ${process.pid} on port ${server.ready.port}`);
process.send(server.ready, () => process.disconnect());
await server.ended;
log("left");
process.exit(0);
