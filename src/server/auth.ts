/** Who may speak to the server: a holder of the token, on this machine, not from a web page. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

export interface Refusal {
  readonly status: 401 | 403;
  readonly message: string;
}

/**
 * Why a request is refused, or `undefined`. Reads headers only, so that no body need be read.
 * @param port the listener's own: a name that was made to point here brings its own port or host
 */
export function refusal(
  headers: IncomingHttpHeaders,
  token: string,
  port: number,
): Refusal | undefined {
  const { host, origin, authorization = "" } = headers;
  if (host !== `127.0.0.1:${port}` && host !== `localhost:${port}`) {
    return { status: 403, message: "This server answers on the loopback address only." };
  }
  if (origin !== undefined) {
    return { status: 403, message: "This server does not answer web pages." };
  }
  const [scheme, given] = authorization.split(" ");
  if (scheme !== "Bearer" || given === undefined || !equal(given, token)) {
    return { status: 401, message: "The bearer token is missing or not this server's." };
  }
  return undefined;
}

/** Takes the same time whatever the texts' lengths and common start. */
function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
