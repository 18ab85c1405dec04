/**
 * Reads the tables of samples that `xctrace export` writes: `time-profile`, `cpu-profile` and
 * `time-sample`. One pass over the file: `xml-scanner` takes the bytes apart, `export-document`
 * says what the elements mean, `samples` which rows count.
 *
 * What is found wrong or missing is counted in the profile's warnings; a file that breaks off
 * gives what stood before.
 */
import { open } from "node:fs/promises";
import { basename } from "node:path";
import { ProfileBuilder } from "../../profile/builder.ts";
import type { Profile } from "../../profile/profile.ts";
import { type ChunkOptions, readChunks } from "../file-chunks.ts";
import { FormatError } from "../format-error.ts";
import type { FormatReader } from "../reader.ts";
import { ExportDocument } from "./export-document.ts";
import { Frames } from "./frames.ts";
import { prune } from "./prune.ts";
import { recognizes } from "./recognizes.ts";
import { runPlaceOf } from "./run-place.ts";
import { sampleTables, type Table, type Tables } from "./sample-tables.ts";
import { Samples } from "./samples.ts";
import { sortSamples } from "./sort-samples.ts";
import { Threads } from "./threads.ts";
import { XmlScanner } from "./xml-scanner.ts";

const format = "xctrace";

export interface SampleOptions extends ChunkOptions {
  /**
   * Reads the table of this run, from 1 in the order of the trace, where the file has several; by
   * default the first table with rows.
   */
  readonly runPlace?: number;
  /** Paths of the programs that were recorded: their code is the app's, wherever they are. */
  readonly executables?: readonly string[];
}

export const xctraceReader: FormatReader = { format, recognizes, read: readSamples };

/**
 * @param options `pid` leaves out the rows of all other processes
 * @throws FormatError when the file holds no table of samples, or breaks off before the first.
 */
export async function readSamples(path: string, options: SampleOptions = {}): Promise<Profile> {
  const { pid, runPlace, executables = [] } = options;
  const builder = new ProfileBuilder();
  const frames = new Frames(builder, new Set(executables));
  const threads = new Threads();
  const samples = new Samples(builder, threads, pid);
  const document = new ExportDocument({ builder, frames, threads, samples, runPlace });
  const broken = await scan(path, new XmlScanner(path, document), options);
  const { tables } = document;
  const { read } = tables;
  if (broken && (read?.rows ?? 0) === 0) throw broken;
  if (!read && runPlace !== undefined && new Set(tables.all.map(runPlaceOf)).size === 1) {
    // A file of one run only is that run's, whatever its paths say: exports are made run by run.
    const { runPlace: _, ...rest } = options;
    return readSamples(path, rest);
  }
  if (!read) throw nothingFound(path, tables, runPlace);
  if (broken) {
    const message = `The file is broken off or damaged: ${broken.message} The rest was not read.`;
    builder.warn("incomplete-file", message);
  }
  warnOfTables(builder, tables, read);
  document.finish();
  samples.finish();
  threads.finish(builder);
  const isCycles = samples.unit === "cycles";
  const profile = builder.finish({
    format,
    title: basename(path),
    ...(isCycles && { duration: samples.lastTime }),
    weightUnit: samples.unit ?? "microseconds",
    interval: isCycles ? 0 : samples.interval,
  });
  const kept = pid === undefined ? profile : prune(profile);
  return samples.inOrder ? kept : { ...kept, samples: sortSamples(kept.samples) };
}

/** @returns what ended the reading before the end of the document, if anything did. */
async function scan(
  path: string,
  scanner: XmlScanner,
  options: SampleOptions,
): Promise<FormatError | undefined> {
  const file = await open(path);
  try {
    const rest = await readChunks(file, (chunk) => scanner.feed(chunk), options);
    scanner.finish(rest.fileOffset);
    return undefined;
  } catch (error) {
    if (error instanceof FormatError) return error;
    throw error;
  } finally {
    await file.close();
  }
}

function warnOfTables(builder: ProfileBuilder, { all }: Tables, read: Table): void {
  if (read.rows === 0) {
    const message = `The ${read.schema} table has no rows: nothing was sampled, or nothing was kept.`;
    builder.warn("empty-table", message);
  }
  const others = all.filter((table) => table !== read && table.rows > 0);
  if (others.length === 0) return;
  const names = others.slice(0, 8).map(describeTable);
  const list = `${names.join(", ")}${others.length > names.length ? ", …" : ""}`;
  const message = `Only ${describeTable(read)} was read. The file also holds ${list}.`;
  builder.warn("other-tables", message, others.length);
}

function nothingFound(
  path: string,
  { root, all }: Tables,
  runPlace: number | undefined,
): FormatError {
  const expected = `a table of samples (${sampleTables.join(", ")})`;
  return new FormatError(path, {
    expected: runPlace === undefined ? expected : `${expected} of the trace's run ${runPlace}`,
    found: describeDocument(root, all),
    offset: 0,
  });
}

function describeDocument(root: string | undefined, tables: readonly Table[]): string {
  if (root === undefined) return "an XML document of another kind";
  if (root === "trace-toc") return "a trace's table of contents";
  if (tables.length === 0) return "an export without any table: its query matched nothing";
  const names = new Set(tables.slice(0, 8).map(describeTable));
  return `an export of ${[...names].join(", ")}`;
}

function describeTable({ schema, xpath, rows }: Table): string {
  const name = schema === "" ? "a node without a header" : schema;
  return `${name}${xpath === "" ? "" : ` (${xpath})`} with ${rows} rows`;
}
