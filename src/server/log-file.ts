/** The server's own log: lines with a time, never a token or an argument, bounded on disk. */
import { appendFileSync, renameSync, statSync } from "node:fs";

const longestFile = 1024 * 1024;

/** Gives what writes a line. Failures to write are dropped: a full disk must not end the server. */
export function openLog(path: string): (line: string) => void {
  return (line) => {
    try {
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > longestFile) {
        renameSync(path, `${path}.1`);
      }
      appendFileSync(path, `${new Date().toISOString()} ${line}\n`, { mode: 0o600 });
    } catch {
      // Nowhere is left to say it.
    }
  };
}
