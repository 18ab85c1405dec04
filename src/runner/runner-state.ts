/** What a recorded runner is doing now. */
import type { ProcessRecords } from "./processes/process-records.ts";
import type { RunnerState } from "./provider.ts";
import type { RunnerRecord } from "./runner-records.ts";
import { lives } from "./running.ts";
import { RunnerClient, RunnerConnectionError } from "./session/runner-client.ts";

export async function stateOf(
  record: RunnerRecord,
  processes: ProcessRecords,
  command: string | undefined,
  signal: AbortSignal | undefined,
): Promise<RunnerState> {
  const { device, key, instance, port, pid, startedAt } = record;
  const common = {
    device: device.udid,
    name: device.name,
    platform: device.platform,
    key,
    instance,
    port,
    pid,
    startedAt,
  };
  const client = new RunnerClient(record);
  try {
    const [{ uptimeMs }, status] = await Promise.all([
      client.uptime({ ...(signal && { signal }) }),
      client.status(command, signal),
    ]);
    const state = status.state === "busy" ? "busy" : "ready";
    return {
      ...common,
      state,
      uptimeMs,
      ...(command !== undefined && { command: status.command ?? { state: "unknown" } }),
    };
  } catch (error) {
    if (!(error instanceof RunnerConnectionError)) throw error;
    return { ...common, state: (await lives(record, processes)) ? "silent" : "gone" };
  }
}
