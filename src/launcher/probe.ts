/** How the recorded server is: told apart by process identity and by its health thread. */
import { ConnectionError, ServerClient } from "../server/client.ts";
import type { Health } from "../server/protocol.ts";
import { startTimeOf } from "./process-identity.ts";
import type { RecordedServer } from "./state-file.ts";

export type Probe =
  /** The health thread answered; `health.silentMs` tells ready from busy. */
  | { readonly kind: "answering"; readonly client: ServerClient; readonly health: Health }
  /** The process lives and is the recorded one, but gives no health answer. */
  | { readonly kind: "unresponsive" }
  | { readonly kind: "gone" };

export async function probe({ server, startTime }: RecordedServer): Promise<Probe> {
  const client = new ServerClient(server);
  try {
    const health = await client.health();
    if (health.instanceId === server.instanceId) return { kind: "answering", client, health };
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
  }
  return (await isSameProcess({ server, startTime })) ? { kind: "unresponsive" } : { kind: "gone" };
}

/** Whether the recorded process still runs. A pid that was used again is another process. */
export async function isSameProcess({
  server,
  startTime,
}: Pick<RecordedServer, "server" | "startTime">): Promise<boolean> {
  return (await startTimeOf(server.pid)) === startTime;
}
