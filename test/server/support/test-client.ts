import { join } from "node:path";
import type { ToolClient } from "../../../src/server/protocol.ts";
import type { TaskOptions } from "../../../src/toolchain/progress.ts";

/** The server of `test-server.ts`. */
export const testServerScript = join(import.meta.dirname, "test-server.ts");

interface TestTools {
  readonly "test.block": { readonly ms: number };
  readonly "test.columns": { readonly bytes: number };
  readonly "test.count": { readonly file: string; readonly ms: number };
}

/** Calls a tool that the real client's types do not know. */
export function callTest<N extends keyof TestTools>(
  client: ToolClient,
  name: N,
  input: TestTools[N],
  task?: TaskOptions,
): Promise<unknown> {
  return client.call(name as "profile.open", input as unknown as { path: string }, task);
}
