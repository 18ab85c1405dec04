/** A server in a process of its own, with one tool that blocks its main loop. */
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { serve } from "../../../src/server/serve.ts";
import { defineTool, type Tool } from "../../../src/tools/tool.ts";

const block = defineTool({
  name: "test.block",
  title: "",
  description: "",
  input: z.object({ ms: z.number() }),
  output: z.object({}),
  readOnly: true,
  run: async ({ ms }) => {
    await sleep(20);
    for (const end = Date.now() + ms; Date.now() < end; );
    return {};
  },
});

const log = { debug() {}, info() {}, warn: console.error, error: console.error };
const tools = [block] as unknown as readonly Tool[];
const server = await serve({ log, idleMs: 0, tools });
process.send!(server.address);
