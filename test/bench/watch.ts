/**
 * What watching costs a healthy program, and the server that watches: the same work, plain and under
 * `hangscope run --watch`, in turns of five seconds for ten minutes.
 *
 * `npm run bench -- watch [--quick]`.
 */
import { mkdtemp, readdir, readFile, realpath, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { root } from "../../scripts/host/paths.ts";
import { recordedServer } from "../../src/launcher/recorded-server.ts";
import { serverFolder } from "../../src/launcher/server-folder.ts";
import { endServer } from "./server.ts";

const load = join(import.meta.dirname, "watch-load.cjs");
const lookMs = 5_000;
/** The server, the program and its armed start come up. */
const leadMs = 5_000;

export async function bench(args: readonly string[]): Promise<void> {
  const seconds = args.includes("--quick") ? 60 : 600;
  await execa(process.execPath, ["esbuild.mjs", "--production"], { cwd: root });
  const home = await realpath(await mkdtemp(join(tmpdir(), "hangscope-bench-")));
  process.env["HANGSCOPE_HOME"] = home;
  try {
    await run(home, seconds);
  } finally {
    await endServer(home);
    await rm(home, { recursive: true, force: true });
  }
}

async function run(home: string, seconds: number): Promise<void> {
  const start = Date.now() + leadMs;
  const program = (turn: number) => [load, String(turn), String(seconds), String(start)];
  const cli = [join(root, "dist", "cli.js"), "run", "--watch", "--out", join(home, "out"), "--"];
  const watched = execa(process.execPath, [...cli, process.execPath, ...program(1)], { cwd: home });
  const plain = execa(process.execPath, program(0));
  const looks = follow(home, start + seconds * 1000);
  const [own, other, seen] = await Promise.all([rateOf(plain), rateOf(watched), looks]);
  const { stderr } = await watched;
  console.log(`plain      ${own.toFixed(0)} units of work a second`);
  console.log(`watched    ${other.toFixed(0)}, ${(own / other).toFixed(3)} times the time`);
  const tenth = Math.max(1, Math.floor(seen.length / 10));
  const early = mean(seen.slice(tenth, 2 * tenth).map(({ rss }) => rss));
  const late = mean(seen.slice(-tenth).map(({ rss }) => rss));
  const disk = Math.max(...seen.map(({ blocks }) => blocks));
  console.log(`server     ${early.toFixed(0)} MiB early, ${late.toFixed(0)} MiB in the end`);
  console.log(`logs       at most ${disk.toFixed(0)} MiB on the disk`);
  console.log(`said       ${stderr.trim().split("\n").at(-1)}`);
}

async function rateOf(program: PromiseLike<{ readonly stdout?: unknown }>): Promise<number> {
  const { stdout } = await program;
  const line = String(stdout)
    .split("\n")
    .find((each) => each.startsWith("{"));
  const { units, workedMs } = JSON.parse(line ?? "{}") as { units: number; workedMs: number };
  return (units / workedMs) * 1000;
}

/** Both in MiB. */
interface Look {
  readonly rss: number;
  readonly blocks: number;
}

async function follow(home: string, end: number): Promise<Look[]> {
  const looks: Look[] = [];
  while (Date.now() < end) {
    await sleep(lookMs);
    const recorded = await recordedServer(serverFolder(home));
    if (!recorded) continue;
    const status = await readFile(`/proc/${recorded.process.pid}/status`, "utf8").catch(() => "");
    const rss = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? Number.NaN) / 1024;
    looks.push({ rss, blocks: await onDisk(join(home, "out")) });
  }
  return looks;
}

async function onDisk(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = entries.map(({ parentPath, name }) =>
    stat(join(parentPath, name)).then(
      ({ blocks }) => blocks * 512,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / 2 ** 20;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}
