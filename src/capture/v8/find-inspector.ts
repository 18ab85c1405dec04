/** Which of the targets that an inspector lists is meant, and how to reach it. */
import { CaptureError } from "../capture-error.ts";
import { type Ask, listTargets } from "./inspector-client.ts";

/** Closes the inspector that it is evaluated in. */
export const endInspector = { expression: "process._debugEnd()" };

export interface FoundInspector {
  /** What the target calls itself. */
  readonly title: string;
  /** Of its WebSocket. */
  readonly url: string;
  /** As its inspector lists it: `node`, `page`, …; nothing where only an address is known. */
  readonly type?: string;
  /** Address of the page that it is; nothing where it is none. */
  readonly page?: string;
}

interface FindOptions {
  readonly signal?: AbortSignal | undefined;
  /** A part of the address of the page that is wanted. */
  readonly page?: string | undefined;
}

/**
 * @param address `ws://…`, `host:port` or `port`.
 * @throws CaptureError `no-inspector` or `no-page`; the signal's reason when aborted.
 */
export async function findInspector(
  address: string,
  { signal, page }: FindOptions = {},
): Promise<FoundInspector> {
  if (/^wss?:\/\//.test(address)) return { title: address, url: address };
  const [, host = "127.0.0.1", port] = /^(?:(.+):)?(\d+)$/.exec(address) ?? [];
  if (port === undefined) {
    const expected = 'a ws:// URL, "host:port" or a port';
    throw new CaptureError("no-inspector", `"${address}" is no inspector: expected ${expected}.`);
  }
  const targets = await listTargets(host, Number(port), signal);
  const free = targets.filter(({ webSocketDebuggerUrl }) => webSocketDebuggerUrl !== undefined);
  const wanted = free.filter(({ url = "" }) => page === undefined || url.includes(page));
  const target = wanted.find(({ type }) => type === "node" || type === "page") ?? wanted[0];
  if (target) {
    const { title, type, url, webSocketDebuggerUrl } = target;
    const isPage = type === "page" || type === "iframe";
    return { title, url: webSocketDebuggerUrl!, type, ...(isPage && url && { page: url }) };
  }
  if (page !== undefined && free.length > 0) {
    const pages = free.flatMap(({ url }) => (url ? [url] : [])).join(", ");
    const problem = `No page at ${address} has "${page}" in its address`;
    throw new CaptureError("no-page", `${problem}; there are: ${pages}.`);
  }
  const problem =
    targets.length > 0
      ? `A debugger is attached to what listens at ${address} already`
      : `No inspector answers at ${address}`;
  const advice = 'Start the program with "node --inspect", or choose it by its process.';
  throw new CaptureError("no-inspector", `${problem}. ${advice}`);
}

/** Of a Node process; nothing where the target is none. */
export async function pidOf(ask: Ask): Promise<number | undefined> {
  const expression = "typeof process === 'object' ? process.pid : undefined";
  const answer = await ask("Runtime.evaluate", { expression });
  const pid = (answer as { result?: { value?: unknown } }).result?.value;
  return typeof pid === "number" ? pid : undefined;
}
