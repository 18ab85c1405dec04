/** A process that ensures a server and prints its instance id: `launch.ts WORKSPACE SCRIPT`. */
import { ensureServer } from "../../../src/launcher/ensure-server.ts";

const [workspace = "", serverScript = ""] = process.argv.slice(2);
const { server } = await ensureServer({ workspace, serverScript });
console.log(server.instanceId);
