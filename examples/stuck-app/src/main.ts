/**
 * Reads a day's access log and reports when the shop was slow. It takes seconds for what should
 * take a blink: profile it and find out why before you read on.
 */
import { accessLog } from "./access-log.ts";
import { findIncidents } from "./incidents.ts";
import { parseRequests } from "./requests.ts";

const log = accessLog(9_000);
const requests = parseRequests(log);
const incidents = findIncidents(requests);

console.log(`${requests.length} requests, ${incidents.length} incidents:`);
for (const { first, last, worst, slowRequests } of incidents) {
  const [from, to] = [first, last].map(({ time }) => new Date(time).toISOString().slice(11, 16));
  console.log(
    `  ${from} to ${to}, lines ${first.line} to ${last.line}: ${slowRequests} slow requests, ` +
      `worst ${worst.route} with ${worst.ms} ms`,
  );
}
