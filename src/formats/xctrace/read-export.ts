/**
 * A whole export: the files of one recording put together. Each part stands for itself: one that
 * cannot be read is absent and named in the warnings, and never an empty table.
 */
import type { Marker, Profile, Thread, Warning } from "../../profile/profile.ts";
import type { ReadOptions } from "../reader.ts";
import { type Hang, readHangs } from "./hangs.ts";
import { type Leaks, readLeaks } from "./leaks.ts";
import { readSamples } from "./reader.ts";
import { readToc, type Toc, type TocRun } from "./toc.ts";
import { WarningList } from "./warning-list.ts";

export interface ExportFiles {
  /** Paths; a part that was not exported is left out. */
  readonly toc?: string;
  readonly samples?: string;
  readonly hangs?: string;
  readonly leaks?: string;
  /** The process of interest; by default the one that the toc says was recorded. */
  readonly pid?: number;
  /** The run that was exported; by default the first of the toc. */
  readonly run?: number;
}

export interface ExportedTrace {
  /** With a marker for each hang. Its warnings are those of all parts. */
  readonly profile?: Profile;
  readonly toc?: Toc;
  /** The run that the other parts are of. */
  readonly tocRun?: TocRun;
  readonly hangs?: readonly Hang[];
  readonly leaks?: Leaks;
  /** Of all parts: what was not read of them, and `<part>-failed` for those that could not be. */
  readonly warnings: readonly Warning[];
}

/**
 * @param options `pid` here is that of `files`
 * @throws the signal's reason when aborted; whatever else happens is a warning.
 */
export async function readExport(
  files: ExportFiles,
  options: Omit<ReadOptions, "pid"> = {},
): Promise<ExportedTrace> {
  const warnings = new WarningList();
  const part = async <T>(
    name: string,
    path: string | undefined,
    read: (path: string) => Promise<T>,
  ) => {
    if (path === undefined) return undefined;
    options.signal?.throwIfAborted();
    try {
      return await read(path);
    } catch (error) {
      options.signal?.throwIfAborted();
      const why = error instanceof Error ? error.message : String(error);
      warnings.add(`${name}-failed`, `The ${name} of the trace could not be read. ${why}`);
      return undefined;
    }
  };
  const toc = await part("toc", files.toc, readToc);
  const tocRun = toc && runOf(toc, files.run, warnings);
  const pid = files.pid ?? pidOf(tocRun);
  const runPlace = toc && tocRun ? toc.runs.indexOf(tocRun) + 1 : undefined;
  const ofRun = runPlace === undefined ? {} : { runPlace };
  const only = pid === undefined ? ofRun : { ...ofRun, pid };

  const samples = await part("samples", files.samples, (path) =>
    readSamples(path, { ...options, ...only, executables: executablesOf(tocRun, pid) }),
  );
  const hangs = await part("hangs", files.hangs, (path) => readHangs(path, only));
  const recordedSeconds = tocRun?.summary.duration;
  const leaks = await part("leaks", files.leaks, (path) =>
    readLeaks(path, { ...ofRun, ...(recordedSeconds && { recordedSeconds }) }),
  );
  const all = [samples, hangs, leaks]
    .flatMap((each) => each?.warnings ?? [])
    .concat(warnings.list());
  return {
    ...(samples && {
      profile: {
        ...withHangs(samples, hangs?.hangs ?? []),
        warnings: all,
        meta: metaOf(samples, tocRun),
      },
    }),
    ...(toc && { toc }),
    ...(tocRun && { tocRun }),
    ...(hangs && { hangs: hangs.hangs }),
    ...(leaks && { leaks }),
    warnings: all,
  };
}

function runOf(toc: Toc, number: number | undefined, warnings: WarningList): TocRun | undefined {
  const run = number === undefined ? toc.runs[0] : toc.runs.find((each) => each.number === number);
  if (!run)
    warnings.add("no-run", `The trace has no run${number === undefined ? "" : ` ${number}`}.`);
  return run;
}

function pidOf(run: TocRun | undefined): number | undefined {
  const pid = run?.target.process?.pid;
  return pid === undefined || Number.isNaN(pid) ? undefined : pid;
}

/** The program of the process of interest, where the toc has its whole path. */
function executablesOf(run: TocRun | undefined, pid: number | undefined): string[] {
  const own = run?.processes.filter((process) => process.pid === pid && pid !== undefined) ?? [];
  return own.map(({ path }) => path).filter((path) => path.startsWith("/"));
}

function metaOf({ meta }: Profile, run: TocRun | undefined) {
  return { ...meta, version: run?.summary.instrumentsVersion ?? meta.version };
}

/** A thread that only hung has no samples: it is added, as its marker needs one. */
export function withHangs(profile: Profile, hangs: readonly Hang[]): Profile {
  const threads = [...profile.threads];
  const markers = hangs.map((hang): Marker => {
    let thread = threads.findIndex((each) => isThreadOf(each, hang));
    if (thread < 0) thread = threads.push(threadOf(hang)) - 1;
    const { type: name, start, duration } = hang;
    return { kind: "hang", name, category: "app", thread, start, duration };
  });
  return { ...profile, threads, markers: [...profile.markers, ...markers] };
}

function isThreadOf({ id, pid }: Thread, { thread, process }: Hang): boolean {
  if (thread === undefined || id !== thread.tid) return false;
  return pid === undefined || process === undefined || pid === process.pid;
}

function threadOf({ thread, process }: Hang): Thread {
  return {
    id: thread?.tid || 0,
    name: thread?.name ?? "(unknown thread)",
    ...(process && { pid: process.pid, process: process.name }),
  };
}
