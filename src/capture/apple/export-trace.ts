/**
 * Exports a trace's tables as XML. Each pass has a limit of its own, which goes on while its file
 * grows; a pass that fails takes no other with it, and what it wrote is kept.
 */
import { rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readToc, type Toc } from "../../formats/xctrace/toc.ts";
import type { Environment } from "../../toolchain/environment.ts";
import type { TaskOptions } from "../../toolchain/progress.ts";
import { ToolError } from "../../toolchain/run.ts";
import { CaptureError } from "../capture-error.ts";
import { bytesBelow } from "../storage.ts";
import { type ExportPass, planPasses } from "./export-passes.ts";
import { runXcrun } from "./xcode.ts";

const defaultLimitMs = 60_000;
const pollMs = 500;

export interface ExportOptions extends TaskOptions {
  readonly env: Environment;
  /** Milliseconds that a pass may go on without writing. Default 60,000. */
  readonly limitMs?: number;
}

export type PartName = "samples" | "hangs" | "leaks";

export interface ExportFailure {
  readonly part: PartName;
  readonly message: string;
}

export interface ExportedTrace {
  readonly toc: Toc;
  /** Number of the run that was exported. */
  readonly run: number;
  /** File names in the folder; `toc` is always there. */
  readonly files: Readonly<Partial<Record<PartName | "toc", string>>>;
  /** What the trace holds but could not be exported whole. */
  readonly failures: readonly ExportFailure[];
}

/**
 * @param directory receives the XML
 * @throws CaptureError `trace-unreadable` when not even its contents can be listed.
 */
export async function exportTrace(
  trace: string,
  directory: string,
  options: ExportOptions,
): Promise<ExportedTrace> {
  const { signal, onProgress } = options;
  onProgress?.({ message: "Listing what the trace holds" });
  const tocFile = join(directory, "toc.xml");
  await writeFile(tocFile, await exportToc(trace, options));
  const toc = await readToc(tocFile);
  const { run, passes } = planPasses(toc);
  const files: Partial<Record<PartName | "toc", string>> = { toc: "toc.xml" };
  const failures: ExportFailure[] = [];
  for (const [index, pass] of passes.entries()) {
    signal?.throwIfAborted();
    const progress = { message: `Exporting ${pass.title}`, done: index, total: passes.length };
    onProgress?.({ ...progress, unit: "items" });
    const name = `${pass.part}.xml`;
    const failure = await exportTable(trace, pass, join(directory, name), options);
    if (failure !== undefined) failures.push({ part: pass.part, message: failure });
    if (await isThere(join(directory, name))) files[pass.part] = name;
  }
  return { toc, run, files, failures };
}

async function exportToc(trace: string, { env, signal }: ExportOptions): Promise<string> {
  try {
    const { stdout } = await runXcrun(["xctrace", "export", "--input", trace, "--toc"], env, {
      chattyStderr: true,
      timeoutMs: defaultLimitMs * 2,
      ...(signal && { signal }),
    });
    return stdout;
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    const size = `${((await bytesBelow(trace)) / 1e6).toFixed(1)} MB`;
    const unfinished = /Document Missing Template/.test(error.stderr)
      ? " The recording was ended before it was finalised."
      : "";
    throw new CaptureError(
      "trace-unreadable",
      `${trace} (${size}) cannot be read.${unfinished} ${error.message}`,
      { cause: error },
    );
  }
}

/** @returns why the table is not whole, or `undefined`. What was written stays. */
async function exportTable(
  trace: string,
  { xpath, title }: ExportPass,
  file: string,
  { env, signal, onProgress, limitMs = defaultLimitMs }: ExportOptions,
): Promise<string | undefined> {
  const partial = `${file}.partial`;
  const stalled = new AbortController();
  const signals = [stalled.signal, ...(signal ? [signal] : [])];
  let bytes = 0;
  let grewAt = performance.now();
  const watch = setInterval(async () => {
    const size = await sizeOf(partial);
    if (size > bytes) {
      bytes = size;
      grewAt = performance.now();
      onProgress?.({ message: `Exporting ${title}`, done: bytes, unit: "bytes" });
    } else if (performance.now() - grewAt >= limitMs) {
      stalled.abort(
        new CaptureError("export-stalled", `nothing was written for ${limitMs / 1000} s`),
      );
    }
  }, pollMs);
  const args = ["xctrace", "export", "--input", trace, "--xpath", xpath, "--output", partial];
  try {
    await runXcrun(args, env, {
      chattyStderr: true,
      timeoutMs: 0,
      signal: AbortSignal.any(signals),
    });
    await rename(partial, file);
    return undefined;
  } catch (error) {
    if (signal?.aborted) {
      await rm(partial, { force: true });
      throw signal.reason;
    }
    if (!(error instanceof Error)) throw error;
    if ((await sizeOf(partial)) > 0) await rename(partial, file);
    else await rm(partial, { force: true });
    return error.message;
  } finally {
    clearInterval(watch);
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function isThere(path: string): Promise<boolean> {
  return (await sizeOf(path)) > 0;
}
