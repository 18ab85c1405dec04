/** Ends the server that the extension started for a workspace, as leaving the window does not. */
import { join } from "node:path";
import { run } from "../../src/toolchain/run.ts";
import { root } from "./paths.ts";

/** @param home the `HANGSCOPE_HOME` that the extension ran with */
export async function stopToolServer(workspace: string, home: string): Promise<void> {
  const node = { command: process.execPath, howToGet: "Run npm ci." };
  const cli = join(root, "dist", "cli.js");
  await run(node, [cli, "server", "stop", "--workspace", workspace], {
    env: { HANGSCOPE_HOME: home },
  });
}
