import type { LoggedRequest } from "./requests.ts";

export interface Incident {
  readonly first: LoggedRequest;
  readonly last: LoggedRequest;
  readonly worst: LoggedRequest;
  readonly slowRequests: number;
}

/** Slow requests closer together than this are one incident. */
const gapMs = 10 * 60 * 1000;

/** A request is slow when it takes this many times its route's median. */
const slowFactor = 4;

/** Runs of slow requests, in the order of the log. Single slow requests are no incident. */
export function findIncidents(requests: readonly LoggedRequest[]): Incident[] {
  const medians = medianByRoute(requests);
  const incidents: Incident[] = [];
  let run: LoggedRequest[] = [];
  const endRun = () => {
    if (run.length > 1) incidents.push(toIncident(run));
    run = [];
  };
  for (const request of requests) {
    if (request.ms < medians.get(request.route)! * slowFactor) continue;
    const previous = run.at(-1);
    if (previous && request.time - previous.time > gapMs) endRun();
    run.push(request);
  }
  endRun();
  return incidents;
}

function toIncident(run: readonly LoggedRequest[]): Incident {
  const worst = run.reduce((a, b) => (b.ms > a.ms ? b : a));
  return { first: run[0]!, last: run.at(-1)!, worst, slowRequests: run.length };
}

function medianByRoute(requests: readonly LoggedRequest[]): Map<string, number> {
  const timesByRoute = new Map<string, number[]>();
  for (const { route, ms } of requests) {
    const times = timesByRoute.get(route);
    if (times) times.push(ms);
    else timesByRoute.set(route, [ms]);
  }
  const medians = new Map<string, number>();
  for (const [route, times] of timesByRoute) {
    times.sort((a, b) => a - b);
    medians.set(route, times[times.length >> 1]!);
  }
  return medians;
}
