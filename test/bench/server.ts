/**
 * The tool-server: how long a caller waits for it, warm and cold, what a call costs, and whether
 * its health is answered while its main loop is blocked.
 *
 * `npm run bench -- server [--quick]`.
 */
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { root } from "../../scripts/host/paths.ts";
import { ensureServer } from "../../src/launcher/ensure-server.ts";
import { recordedServer } from "../../src/launcher/recorded-server.ts";
import { serverFolder } from "../../src/launcher/server-folder.ts";
import { stopServer } from "../../src/launcher/stop-server.ts";
import { callTest, testServerScript } from "../server/support/test-client.ts";
import { healthDuring, repeat, row, sorted, timed } from "./latencies.ts";

const megabyte = 1e6;

export async function bench(args: readonly string[]): Promise<void> {
  const isQuick = args.includes("--quick");
  await execa(process.execPath, ["esbuild.mjs", "--production"], { cwd: root });
  const home = await realpath(await mkdtemp(join(tmpdir(), "hangscope-bench-")));
  process.env["HANGSCOPE_HOME"] = home;
  try {
    await benchShipped(home, isQuick);
    await benchBlocked(home, isQuick ? 5_000 : 60_000);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function benchShipped(home: string, isQuick: boolean): Promise<void> {
  const options = { workspace: home, serverScript: join(root, "dist", "server.js") };
  const colds: number[] = [];
  for (let i = 0; i < (isQuick ? 3 : 15); i++) {
    colds.push(await timed(() => ensureServer(options)));
    await endServer(home);
  }
  const client = await ensureServer(options);
  const times = isQuick ? 200 : 2_000;
  console.log(row("cold start", colds));
  console.log(row("warm ensure", await repeat(times, () => ensureServer(options))));
  console.log(row("health", await repeat(times, () => client.health())));
  const wrong = { profileId: "none", query: { kind: "summary" } } as const;
  const call = () => client.call("profile.query", wrong).catch(() => {});
  console.log(row("call", await repeat(times, call)));
  await endServer(home);
}

/** Health and a large answer of the server that has tools to do harm with. */
async function benchBlocked(home: string, blockMs: number): Promise<void> {
  const client = await ensureServer({ workspace: home, serverScript: testServerScript });
  const bytes = 100 * megabyte;
  const transfers = await repeat(5, () => callTest(client, "test.columns", { bytes }));
  const middle = sorted(transfers)[transfers.length >> 1]!;
  const throughput = ((bytes / megabyte / middle) * 1000).toFixed(0);
  console.log(`${"answer of 100 MB".padEnd(24)}${middle.toFixed(0)} ms, ${throughput} MB/s`);
  const blocked = callTest(client, "test.block", { ms: blockMs });
  await sleep(500);
  const latencies = await healthDuring(client, blocked);
  console.log(row(`health, ${blockMs / 1000} s blocked`, latencies));
  await endServer(home);
}

export async function endServer(home: string): Promise<void> {
  const recorded = await recordedServer(serverFolder(home));
  if (recorded) await stopServer(recorded);
}
