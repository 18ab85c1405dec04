/** A loop with nothing to do, beside a reading: what the machine alone makes it stall. */
import { LoopWatch } from "./loop-watch.ts";

const watch = new LoopWatch();
process.stdin.resume();
process.stdin.once("end", async () => console.log(await watch.stop()));
