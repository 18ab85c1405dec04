/** Takes in what was recorded elsewhere: a `.trace`, or XML that was already exported. */
import { rm, stat, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import {
  formatManifest,
  manifestExtension,
  type TraceManifest,
} from "../../formats/trace-export/manifest.ts";
import type { Environment } from "../../toolchain/environment.ts";
import type { TaskOptions } from "../../toolchain/progress.ts";
import { CaptureError } from "../capture-error.ts";
import { type CaptureRecord, createCapture, writeRecord } from "../storage.ts";
import { exportRecording } from "./apple-session.ts";

export interface Imported {
  /** Of the file that stands for it. */
  readonly path: string;
  readonly warnings: readonly string[];
}

export interface ImportOptions extends TaskOptions {
  readonly env: Environment;
  /** Only this process counts. */
  readonly pid?: number;
  readonly exportLimitSeconds?: number;
}

/**
 * Exports a trace into a capture of its own below `root`.
 * @throws CaptureError `no-such-trace`, `trace-unreadable`, `no-xcode`.
 */
export async function importTrace(
  trace: string,
  root: string,
  options: ImportOptions,
): Promise<Imported> {
  const { pid, exportLimitSeconds = 60 } = options;
  const isFolder = await stat(trace).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isFolder) throw new CaptureError("no-such-trace", `${trace} is no trace: it is no folder.`);
  const title = basename(trace).replace(/\.trace$/, "");
  const record = recordOf(title, trace);
  const { directory } = await createCapture(root, record);
  try {
    const known = {
      title,
      template: "unknown",
      strategy: "attach" as const,
      exportLimitSeconds,
      ...(pid !== undefined && { pid }),
    };
    const { profiles, warnings } = await exportRecording(known, trace, directory, options);
    const [profile] = profiles;
    await writeRecord(directory, {
      ...record,
      endedAt: new Date().toISOString(),
      profiles: [{ file: basename(profile!.path), title, pid: profile!.pid }],
    });
    return { path: profile!.path, warnings };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

export interface ExportedFiles {
  readonly toc?: string | undefined;
  /** Any table of samples. */
  readonly cpu?: string | undefined;
  readonly hangs?: string | undefined;
  readonly leaks?: string | undefined;
}

/** Puts a file that stands for exported XML into a folder; the XML stays where it is. */
export async function importFiles(
  { toc, cpu, hangs, leaks }: ExportedFiles,
  directory: string,
  { pid }: { readonly pid?: number } = {},
): Promise<Imported> {
  const files = { toc, samples: cpu, hangs, leaks };
  const given = Object.entries(files).flatMap(([part, path]) =>
    path === undefined ? [] : [[part, resolve(path)] as const],
  );
  if (given.length === 0) throw new CaptureError("no-files", "Give at least one exported file.");
  for (const [, path] of given) await checkFile(path);
  const title = basename(cpu ?? hangs ?? leaks ?? toc!).replace(/\.xml$/, "");
  const manifest: TraceManifest = {
    hangscope: "trace-export",
    version: 1,
    title,
    files: Object.fromEntries(given),
    failures: [],
    notRecorded: (["samples", "hangs", "leaks"] as const)
      .filter((part) => files[part] === undefined)
      .map((part) => ({ part, reason: "No such file was given." })),
    ...(pid !== undefined && { pid }),
  };
  const path = join(directory, `${title}${manifestExtension}`);
  await writeFile(path, formatManifest(manifest), { mode: 0o600 });
  return { path, warnings: [] };
}

async function checkFile(path: string): Promise<void> {
  await stat(path).catch((cause) => {
    throw new CaptureError("no-files", `There is no file ${path}.`, { cause });
  });
}

function recordOf(title: string, trace: string): CaptureRecord {
  return {
    title,
    command: trace,
    sampler: "xctrace",
    startedAt: new Date().toISOString(),
    recorder: process.pid,
    profiles: [],
  };
}
