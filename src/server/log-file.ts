/** The server's own log: a line per event, never a token or an argument, bounded on disk. */
import { appendFileSync, renameSync, statSync } from "node:fs";

const levels = ["debug", "info", "warn", "error"] as const;
export type LogLevel = (typeof levels)[number];
export type Log = Readonly<Record<LogLevel, (text: string) => void>>;

const longestFile = 1024 * 1024;

/**
 * Writes to `path`, and moves it to `path.1` when it is full. Failures to write are dropped: a
 * full disk must not end the server.
 */
export function openLog(path: string, least: LogLevel = "info"): Log {
  const write = (level: LogLevel, text: string) => {
    if (levels.indexOf(level) < levels.indexOf(least)) return;
    try {
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > longestFile) {
        renameSync(path, `${path}.1`);
      }
      const line = `${new Date().toISOString()} ${level.padEnd(5)} ${oneLine(text)}\n`;
      appendFileSync(path, line, { mode: 0o600 });
    } catch {
      // Nowhere is left to say it.
    }
  };
  return {
    debug: (text) => write("debug", text),
    info: (text) => write("info", text),
    warn: (text) => write("warn", text),
    error: (text) => write("error", text),
  };
}

/** Stack traces too; whoever reads the log can tell where an event begins. */
function oneLine(text: string): string {
  return text.replaceAll(/\s*[\r\n]+\s*/g, " ⏎ ");
}
