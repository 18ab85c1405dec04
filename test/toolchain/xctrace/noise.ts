/** What `xctrace` writes to standard error for no reason. */
import { lines } from "../table.ts";

export function* noise(bytes: number): Generator<string> {
  for (let written = 0, n = 0; written < bytes; n++) {
    const line = `${lines.noise.is(process.pid, n)}\n`;
    written += line.length;
    yield line;
  }
}
