/** Closes an inspector that opens only after nobody waits for it any more. */
import { setTimeout as sleep } from "node:timers/promises";
import { endInspector, findInspector } from "../capture/v8/find-inspector.ts";
import { InspectorClient } from "../capture/v8/inspector-client.ts";
import { listeningPorts } from "../capture/v8/listening-ports.ts";
import { isAlive } from "../toolchain/process-identity/identity.ts";

const everyMs = 500;
/** A native call that takes longer is not waited for: a process may be stuck for good. */
const patienceMs = 10 * 60_000;

/** @param before ports that the process listened at before it was asked to open its inspector */
export async function closeWhenOpened(pid: number, before: ReadonlySet<number>): Promise<void> {
  const start = performance.now();
  while (performance.now() - start < patienceMs && isAlive(pid)) {
    await sleep(everyMs, undefined, { ref: false });
    const ports = await listeningPorts(pid).catch(() => []);
    for (const port of ports) if (!before.has(port) && (await close(port))) return;
  }
}

async function close(port: number): Promise<boolean> {
  try {
    const { url } = await findInspector(String(port));
    const client = await InspectorClient.connect(url);
    await client.ask("Runtime.evaluate", endInspector).catch(() => {});
    client.close();
    return true;
  } catch {
    return false;
  }
}
