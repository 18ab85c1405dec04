/** What is to be looked at, and the connection to it. */
import * as z from "zod";
import { CaptureError } from "../capture/capture-error.ts";
import { endInspector, findInspector, pidOf } from "../capture/v8/find-inspector.ts";
import { type Inspector, InspectorClient, listTargets } from "../capture/v8/inspector-client.ts";
import { inspectorTurn } from "../capture/v8/inspector-turn.ts";
import { listeningPorts } from "../capture/v8/listening-ports.ts";
import { findNodeProcess, openInspector, portTaken } from "../capture/v8/open-inspector.ts";
import type { Sandbox } from "../formats/hang-capture/hang-file.ts";
import type { NodeProcess } from "../toolchain/processes.ts";
import type { ArmedLog } from "./armed-logs.ts";
import { closeWhenOpened } from "./late-inspector.ts";
import { type Reason, StepFailure } from "./reasons.ts";

const pageTargetSchema = z.object({
  kind: z.literal("page"),
  page: z.string().describe("A part of the address of a page of a browser started from here"),
  browserId: z.string().optional().describe("Of browser.launch; any of them otherwise"),
});
export type PageHangTarget = z.output<typeof pageTargetSchema>;

export const hangTargetSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("process"),
    pid: z.number().int().positive().describe("A running Node process; its inspector is opened"),
  }),
  z.object({
    kind: z.literal("inspector"),
    address: z.string().describe("ws:// URL, host:port or port of an open inspector"),
    page: z.string().optional().describe("A part of the address of the page that is meant"),
  }),
  pageTargetSchema,
]);
export type HangTarget = z.output<typeof hangTargetSchema>;
/** What can be reached without knowing who started it. */
export type AddressedTarget = Exclude<HangTarget, PageHangTarget>;

/** An inspector opens in milliseconds, unless the process is inside a native call. */
const openMs = 2_000;
const pidMs = 300;
const loopback = "127.0.0.1";

/** A target that answered, or the reason why it did not. */
export interface Reached {
  readonly title: string;
  /** What it says of the target when its inspector does not answer. */
  readonly silence: Reason;
  /** Absent where the target does not tell. */
  readonly pid?: number;
  /** Share of the time in which it was busy; absent where the system does not tell. */
  readonly busy?: number;
  /** Address of the page that it is, if it is one. */
  readonly page?: string;
  /** Whose page it is, if we started it. */
  readonly browser?: Sandbox;
  readonly client?: Inspector;
  readonly failure?: unknown;
  /** Of V8's sampler, beside those that the process has open. */
  readonly logs?: readonly ArmedLog[] | (() => Promise<readonly ArmedLog[]>);
  /** A part of the address of a script that it is known to run. */
  readonly wantedUrl?: string;
  /** Lets go of it; an inspector that we opened is closed again. */
  release(): Promise<void>;
}

/** @throws CaptureError `not-node`, `no-inspector` or `no-page`; the signal's reason when aborted. */
export async function reach(target: AddressedTarget, signal: AbortSignal): Promise<Reached> {
  if (target.kind === "inspector") return reachAddress(target, signal);
  const node = await findNodeProcess(target.pid, signal);
  const busy = busyOf(node);
  const about = {
    title: node.commandLine,
    silence: busy === undefined ? ("inspector-silent" as const) : silenceOf(busy),
    pid: node.pid,
    ...(busy !== undefined && { busy }),
  };
  try {
    const { address, openedByUs, endTurn } = await open(node, signal);
    try {
      const client = await connect(address, node.pid, signal);
      return { ...about, client, release: () => release(client, openedByUs).finally(endTurn) };
    } catch (error) {
      endTurn();
      throw error;
    }
  } catch (failure) {
    signal.throwIfAborted();
    return { ...about, failure, release: async () => {} };
  }
}

interface Opened {
  readonly address: string;
  readonly openedByUs: boolean;
  /** To be called when the inspector is not needed any more. */
  endTurn(): void;
}

async function open(node: NodeProcess, signal: AbortSignal): Promise<Opened> {
  const before = new Set(await listeningPorts(node.pid, signal));
  const known = await openAlready(node, before, signal);
  if (known !== undefined) return { address: known, openedByUs: false, endTurn: () => {} };
  const endTurn = await inspectorTurn(signal);
  const limit = AbortSignal.timeout(openMs);
  try {
    return { ...(await openInspector(node, AbortSignal.any([signal, limit]))), endTurn };
  } catch (error) {
    endTurn();
    // It has our signal, and will open the inspector when it can.
    void closeWhenOpened(node.pid, before);
    if (!limit.aborted || signal.aborted) throw error;
    throw (await portTaken(node.pid, signal)) ?? new StepFailure(silenceOf(busyOf(node)));
  }
}

/** Less is a process that waits. */
export const busyShare = 0.3;

/** Its main thread's share, else that of all its threads. */
function busyOf({ mainBusy, cpu }: NodeProcess): number | undefined {
  return mainBusy ?? cpu;
}

function silenceOf(busy = 1): Reason {
  return busy > busyShare ? "native-call" : "waiting";
}

const defaultPort = 9229;

/** Only ports that may well be an inspector's are asked: a program's own might mind. */
async function openAlready(
  { commandLine }: NodeProcess,
  ports: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const isAsked = /\s--inspect/.test(commandLine);
  for (const port of isAsked ? ports : ports.has(defaultPort) ? [defaultPort] : []) {
    if ((await listTargets(loopback, port, signal)).length > 0) return `${loopback}:${port}`;
  }
  return undefined;
}

async function connect(
  address: string,
  pid: number,
  signal: AbortSignal,
): Promise<InspectorClient> {
  const { url } = await findInspector(address, { signal });
  const client = await InspectorClient.connect(url, signal);
  const found = await askPid(client, signal);
  if (found === undefined || found === pid) return client;
  client.close();
  const problem = `The inspector at ${address} is that of process ${found}`;
  throw new CaptureError("port-taken", `${problem}, not of ${pid}.`);
}

async function reachAddress(
  { address, page }: Extract<HangTarget, { kind: "inspector" }>,
  signal: AbortSignal,
): Promise<Reached> {
  const { title, url, page: found } = await findInspector(address, { signal, page });
  const client = await InspectorClient.connect(url, signal);
  const pid = await askPid(client, signal);
  return {
    title,
    silence: found === undefined ? "inspector-silent" : "connected-late",
    ...(found !== undefined && { page: found }),
    ...(pid !== undefined && { pid }),
    client,
    release: () => release(client, false),
  };
}

/** Nothing when it does not answer: that is for the steps to tell. */
async function askPid(client: InspectorClient, signal: AbortSignal): Promise<number | undefined> {
  try {
    return await pidOf((method, params) => client.ask(method, params, { ms: pidMs, signal }));
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

async function release(client: InspectorClient, closeInspector: boolean): Promise<void> {
  // The answer is the end of the connection; a thread that is stuck again closes it later.
  if (closeInspector) await client.ask("Runtime.evaluate", endInspector).catch(() => {});
  client.close();
}
