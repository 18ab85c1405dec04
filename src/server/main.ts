/** The server's entry: looks at Node before any other code of ours runs. */
import { oldNodeMessage } from "../toolchain/node-check.ts";

const message = oldNodeMessage();
if (message === undefined) {
  const { runServer } = await import("./run-server.ts");
  await runServer();
}
console.error(message);
process.exitCode = 1;
