/** Names on the wire. */

/** Names every response's instance, so that a client notices when it talks to another server. */
export const instanceHeader = "x-hangscope-instance";
/** The caller's own id for a call; the same id never starts a second job. */
export const requestIdHeader = "x-request-id";
/** A tool's answer as frames (`frames.ts`): progress on the way, results in binary. */
export const framesType = "application/vnd.hangscope.frames";
/** The same as lines of JSON; what asks for neither gets the result alone, in JSON. */
export const linesType = "application/x-ndjson";
