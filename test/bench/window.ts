/**
 * What a window costs: activation of the extension, and opening `.cpuprofile` files of several
 * sizes in our view and in VS Code's built-in one, in the same VS Code.
 *
 * `npm run bench -- window [--quick]`. Each file opens in a window of its own; times run from the
 * click on the file to the first frames on screen, memory is each process's peak.
 */
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { cacheFolder, root } from "../../scripts/host/paths.ts";
import { type CpuprofileSize, writeCpuprofile } from "../generators/cpuprofile.ts";
import { Workbench } from "../host/dom/support/workbench.ts";
import { extensionHostRests, type WindowMemory, windowMemory } from "./processes.ts";

interface Opening {
  readonly seconds: number;
  readonly memory: WindowMemory;
}

/** Where a view has its first frames. */
const views = {
  hangscope: { editor: "hangscope.cpuprofile", firstFrames: '[role="application"]' },
  "built-in": { editor: "jsProfileVisualizer.cpuprofile.table", firstFrames: '[role="treeitem"]' },
} as const;

/**
 * About 3, 12, 23 and 58 MB, and 58 MB of deeper stacks. The built-in view's memory grows with
 * nodes times depth, so that three of these files are shallow enough for it.
 */
const sizes: readonly CpuprofileSize[] = [
  { nodes: 15_500, depth: 25 },
  { nodes: 62_000, depth: 25 },
  { nodes: 119_000, depth: 25 },
  { nodes: 300_000, depth: 25 },
  { nodes: 300_000, depth: 600 },
];

/** A view that has shown nothing after this long is taken to hang. */
const patienceMs = 180_000;

export async function bench(args: readonly string[]): Promise<void> {
  const isQuick = args.includes("--quick");
  await execa(process.execPath, ["esbuild.mjs", "--production"], { cwd: root });
  await benchActivation(isQuick ? 3 : 11);
  for (const size of isQuick ? sizes.slice(0, 1) : sizes) await compare(size);
}

async function benchActivation(windows: number): Promise<void> {
  const times: number[] = [];
  // High enough for the whole list of running extensions, of which only what shows is drawn.
  const workbench = await Workbench.open({ viewport: { width: 1400, height: 3000 } });
  try {
    for (let i = 0; i < windows; i++) {
      // Loading is asynchronous: beside a window that starts, waiting would be counted with it.
      await extensionHostRests(`HANGSCOPE_HOME=${workbench.home}`);
      times.push(await activation(workbench));
      await workbench.page.reload();
      await workbench.page.locator(".statusbar-item").first().waitFor();
    }
  } finally {
    await workbench.close();
  }
  times.sort((a, b) => a - b);
  const [first, last] = [times[0]!, times.at(-1)!];
  const middle = times[times.length >> 1]!;
  console.log(`Activation in ${windows} windows, by VS Code's own clock`);
  console.log(`  ${middle} ms in the middle, ${first} to ${last} ms\n`);
}

/** Milliseconds that VS Code says it took to load and activate the extension. */
async function activation(workbench: Workbench): Promise<number> {
  await workbench.runCommand("Hangscope: Show Server Log");
  await workbench.runCommand("Developer: Show Running Extensions");
  const row = workbench.page.locator(".runtime-extensions-editor .extension", {
    hasText: "hangscope",
  });
  const text = (await row.locator(".activation-time").textContent()) ?? "";
  const match = /(\d+)\s*ms/.exec(text);
  if (!match) throw new Error(`VS Code gives no activation time: ${text}`);
  return Number(match[1]);
}

async function compare(size: CpuprofileSize): Promise<void> {
  const file = join(cacheFolder, "bench", `deep-${size.nodes}-${size.depth}.cpuprofile`);
  await mkdir(dirname(file), { recursive: true });
  if (!existsSync(file)) await writeCpuprofile(file, size);
  const { size: bytes } = await stat(file);
  console.log(`${(bytes / 1e6).toFixed(0)} MB, ${size.nodes} nodes, ${size.depth} frames deep`);
  for (const name of ["hangscope", "built-in"] as const) {
    console.log(row(name, await opening(file, views[name])));
  }
}

async function opening(
  file: string,
  view: { readonly editor: string; readonly firstFrames: string },
): Promise<Opening | string> {
  const workspace = await mkdtemp(join(tmpdir(), "hangscope-bench-"));
  await copyFile(file, join(workspace, "deep.cpuprofile"));
  await writeFile(join(workspace, "small.txt"), "");
  const workbench = await Workbench.open({
    workspace,
    settings: { "workbench.editorAssociations": { "*.cpuprofile": view.editor } },
  });
  const crashed = new Promise<string>((resolve) => {
    workbench.page.once("crash", () => resolve("the window crashed"));
  });
  try {
    const shown = await Promise.race([crashed, firstFrames(workbench, view.firstFrames)]);
    if (typeof shown === "string") return shown;
    return {
      seconds: shown,
      memory: await windowMemory(workbench.page, `HANGSCOPE_HOME=${workbench.home}`),
    };
  } finally {
    await workbench.close();
    await rm(workspace, { recursive: true });
  }
}

/** Seconds, or what went wrong. */
async function firstFrames(workbench: Workbench, selector: string): Promise<number | string> {
  const { page } = workbench;
  // What a window does when it starts is not to be counted.
  await workbench.openFile("small.txt");
  await page.keyboard.press("Control+P");
  await page.locator(".quick-input-widget input.input").fill("deep.cpuprofile");
  const file = page.locator(".quick-input-list .monaco-list-row", { hasText: "deep.cpuprofile" });
  await file.first().waitFor();
  const started = performance.now();
  await file.first().click();
  try {
    await workbench.webview().locator(selector).first().waitFor({ timeout: patienceMs });
    return (performance.now() - started) / 1000;
  } catch (error) {
    return `shows no frames: ${String(error).split("\n")[0]}`;
  }
}

function row(name: string, result: Opening | string): string {
  if (typeof result === "string") return `  ${name.padEnd(10)}${result}`;
  const { seconds, memory } = result;
  const mebibytes = (value: number) => `${value.toFixed(0)} MiB`.padStart(9);
  return [
    `  ${name.padEnd(10)}${seconds.toFixed(2)} s`.padEnd(22),
    `window ${mebibytes(memory.renderer)}`,
    `extension host ${mebibytes(memory.extensionHost)}`,
    `tool-server ${mebibytes(memory.toolServer)}`,
  ].join("  ");
}
