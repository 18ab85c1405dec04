/** A server as it ships, started by the launcher, with tools to do harm with. */
import { appendFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { runServer } from "../../../src/server/run-server.ts";
import { tools } from "../../../src/tools/index.ts";
import { defineTool, type Tool } from "../../../src/tools/tool.ts";

const block = defineTool({
  name: "test.block",
  title: "",
  description: "Keeps the main loop from turning.",
  input: z.object({ ms: z.number() }),
  output: z.object({ blockedMs: z.number() }),
  readOnly: false,
  run: async ({ ms }) => {
    // Whoever asked hears that it runs.
    await sleep(20);
    for (const end = performance.now() + ms; performance.now() < end; );
    return { blockedMs: ms };
  },
});

const count = defineTool({
  name: "test.count",
  title: "",
  description: "Leaves a line in a file, then takes its time.",
  input: z.object({ file: z.string(), ms: z.number() }),
  output: z.object({ done: z.boolean() }),
  readOnly: false,
  run: async ({ file, ms }, { signal }) => {
    await appendFile(file, "ran\n");
    await sleep(ms, undefined, { ...(signal && { signal }) });
    return { done: true };
  },
});

const columns = defineTool({
  name: "test.columns",
  title: "",
  description: "Answers with so many bytes.",
  input: z.object({ bytes: z.number().int() }),
  output: z.object({ values: z.instanceof(Float64Array) }),
  readOnly: true,
  run: async ({ bytes }) => ({ values: new Float64Array(bytes / 8).fill(1) }),
});

await runServer({ tools: [...tools, block, count, columns] as unknown as readonly Tool[] });
