#!/usr/bin/env node
/** The command's entry: looks at Node before any other code of ours runs. */
import { oldNodeMessage } from "../toolchain/node-check.ts";

const message = oldNodeMessage();
if (message === undefined) {
  const { startReader } = await import("./reader-thread.ts");
  startReader(process.argv.slice(2));
  await import("./main.ts");
} else {
  console.error(message);
  process.exitCode = 1;
}
