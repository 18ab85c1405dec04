/** How the recorded server is: told apart by process identity and by its health thread. */
import { ConnectionError, ServerClient } from "../server/client.ts";
import type { Health } from "../server/protocol.ts";
import type { RecordedServer } from "../server/state-file.ts";
import { isSame } from "../toolchain/process-identity/identity.ts";

export type Probe =
  /** The health thread answered; `health.silentMs` tells ready from busy. */
  | { readonly kind: "answering"; readonly client: ServerClient; readonly health: Health }
  /** The process lives, or may live, but gives no health answer. */
  | { readonly kind: "unresponsive" }
  | { readonly kind: "gone" };

export async function probe(recorded: RecordedServer): Promise<Probe> {
  const { server } = recorded;
  const client = new ServerClient(server);
  try {
    const health = await client.health();
    if (health.instanceId === server.instanceId) return { kind: "answering", client, health };
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
  }
  // In doubt it lives: a second server is impossible anyway, and waiting does no harm.
  return { kind: (await isSame(recorded.process)) === "gone" ? "gone" : "unresponsive" };
}
