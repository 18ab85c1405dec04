import { lineAt } from "./text.ts";

export interface LoggedRequest {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Method and path. */
  readonly route: string;
  readonly status: number;
  readonly ms: number;
  readonly user: string;
  /** 1-based line of the log. */
  readonly line: number;
}

const requestLine = /^(\S+Z) ([A-Z]+) (\/\S*) (\d{3}) (\d+)ms user=(\S+)$/gm;

/** Lines that are not requests are passed over. */
export function parseRequests(log: string): LoggedRequest[] {
  const requests: LoggedRequest[] = [];
  for (const match of log.matchAll(requestLine)) {
    const [, time, method, path, status, ms, user] = match;
    requests.push({
      time: Date.parse(time!),
      route: `${method} ${path}`,
      status: Number(status),
      ms: Number(ms),
      user: user!,
      line: lineAt(log, match.index),
    });
  }
  return requests;
}
