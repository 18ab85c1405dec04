/** Prints a file that another process is writing, as it grows. */
import { closeSync, openSync, readSync, writeFileSync } from "node:fs";

const intervalMs = 100;

/** Makes the file, which has to stay until `stop`. */
export function followFile(path: string): { stop(): void } {
  writeFileSync(path, "");
  const file = openSync(path, "r");
  const buffer = Buffer.alloc(64 * 1024);
  const printNew = () => {
    for (let size = -1; size !== 0; ) {
      size = readSync(file, buffer);
      process.stdout.write(Buffer.from(buffer.subarray(0, size)));
    }
  };
  const timer = setInterval(printNew, intervalMs);
  return {
    stop() {
      clearInterval(timer);
      printNew();
      closeSync(file);
    },
  };
}
