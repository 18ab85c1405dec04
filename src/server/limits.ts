/** What a stranger may cost the server: both its listeners are held to the same. */
import type { Server } from "node:http";

/** Of requests; answers have no limit. */
export const bodyLimit = 8 * 1024 * 1024;

/** Windows, agents and commands of one workspace hold a few each. */
const maxConnections = 256;

/** Refuses who opens too many connections, or sends slower than any program of ours. */
export function limitServer(server: Server): void {
  server.maxConnections = maxConnections;
  server.headersTimeout = 5_000;
  server.requestTimeout = 30_000;
  server.keepAliveTimeout = 10_000;
}

/** Looked for this often, so that it is not much later than the timeouts say. */
export const connectionsCheckingInterval = 1_000;
