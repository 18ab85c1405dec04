/** Captures one process in a process of its own: `node capture-once.ts PID`; prints the file. */
import { captureHang } from "../../../../src/hang/capture-hang.ts";

const pid = Number(process.argv[2]);
const file = await captureHang({ kind: "process", pid }, { budgetMs: 20_000 });
process.stdout.write(JSON.stringify(file));
