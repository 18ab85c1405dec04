/**
 * Opens the inspector of a running Node process. The signal that does it ends a process that is
 * not Node, so we make sure first.
 */
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { listNodeProcesses, type NodeProcess } from "../../toolchain/processes.ts";
import { CaptureError } from "../capture-error.ts";
import { listTargets } from "./inspector-client.ts";
import { listeningPorts } from "./listening-ports.ts";

const host = "127.0.0.1";
const defaultPort = 9229;
const pollMs = 50;
/** A port that opens does so in milliseconds, unless the process is inside a native call. */
const openedAfterMs = 1_000;
const givenUpAfterMs = 5_000;

export interface OpenedInspector {
  /** `host:port`. */
  readonly address: string;
  /** False when it was open before: somebody else's to close. */
  readonly openedByUs: boolean;
  readonly process: NodeProcess;
}

/** @throws CaptureError `not-node`; the signal's reason when aborted. */
export async function findNodeProcess(pid: number, signal?: AbortSignal): Promise<NodeProcess> {
  const target = (await listNodeProcesses(signal)).find((each) => each.pid === pid);
  if (target) return target;
  const problem = `Process ${pid} is not a Node process of yours, or has ended`;
  throw new CaptureError("not-node", `${problem}: choose another.`);
}

/**
 * @throws CaptureError `no-signal`, `port-taken` or `no-inspector`; the signal's reason when
 *   aborted.
 */
export async function openInspector(
  target: NodeProcess,
  signal?: AbortSignal,
): Promise<OpenedInspector> {
  const { pid } = target;
  const before = new Set(await listeningPorts(pid, signal));
  await askToOpen(pid);
  const start = performance.now();
  let triedEarlier = false;
  while (performance.now() - start < givenUpAfterMs) {
    const ports = await listeningPorts(pid, signal);
    const opened = await firstInspector(
      ports.filter((port) => !before.has(port)),
      signal,
    );
    if (opened) return { address: `${host}:${opened}`, openedByUs: true, process: target };
    if (!triedEarlier && performance.now() - start > openedAfterMs) {
      // It was open already, or never will be. Other ports of the process see one GET.
      triedEarlier = true;
      const open = await firstInspector([...before], signal);
      if (open) return { address: `${host}:${open}`, openedByUs: false, process: target };
    }
    await sleep(pollMs, undefined, { signal });
  }
  throw await whyNot(pid, signal);
}

async function firstInspector(
  ports: readonly number[],
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  for (const port of ports) {
    if ((await listTargets(host, port, signal)).length > 0) return port;
  }
  return undefined;
}

async function askToOpen(pid: number): Promise<void> {
  try {
    if (process.platform === "win32") {
      (process as unknown as { _debugProcess(pid: number): void })._debugProcess(pid);
      return;
    }
    if (!(await catchesSigusr1(pid))) {
      const reason = "started with --disable-sigusr1, or only just started";
      throw new CaptureError("no-signal", `Process ${pid} does not take SIGUSR1: ${reason}.`);
    }
    process.kill(pid, "SIGUSR1");
  } catch (error) {
    if (error instanceof CaptureError) throw error;
    const problem = `Process ${pid} cannot be signalled: ${(error as Error).message}`;
    throw new CaptureError("no-signal", problem, { cause: error });
  }
}

const sigusr1Bit = 1n << 9n;

/** Where the system does not tell, we trust the program's name. */
async function catchesSigusr1(pid: number): Promise<boolean> {
  if (process.platform !== "linux") return true;
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const caught = /^SigCgt:\s*([\da-f]+)$/m.exec(status)?.[1];
  return caught !== undefined && (BigInt(`0x${caught}`) & sigusr1Bit) !== 0n;
}

/** Why no inspector could open, where another process has the port that Node opens them at. */
export async function portTaken(
  pid: number,
  signal: AbortSignal | undefined,
): Promise<CaptureError | undefined> {
  const [other] = await listTargets(host, defaultPort, signal);
  if (!other) return undefined;
  return new CaptureError(
    "port-taken",
    `Process ${pid} could not open its inspector: port ${defaultPort} belongs to another one (${other.title}). ` +
      `End that debug session, or start the program with "node --inspect-port=0".`,
  );
}

async function whyNot(pid: number, signal: AbortSignal | undefined): Promise<CaptureError> {
  const taken = await portTaken(pid, signal);
  if (taken) return taken;
  return new CaptureError(
    "no-inspector",
    `Process ${pid} did not open its inspector in ${givenUpAfterMs / 1000} s: it is stopped, inside one long native call, or handles SIGUSR1 itself. ` +
      'Start it with "node --inspect", or launch it from here.',
  );
}
