/**
 * Original positions over a profile. Only scripts on some stack are looked at; what is missing is
 * counted, never fatal. Original URLs are `file:` URLs wherever a file is meant.
 */
import {
  AnyMap,
  GREATEST_LOWER_BOUND,
  LEAST_UPPER_BOUND,
  originalPositionFor,
  type TraceMap,
} from "@jridgewell/trace-mapping";
import { isSourceUrl } from "../../profile/lines.ts";
import type { FrameTable, FunctionTable, Profile, Warning } from "../../profile/profile.ts";
import { findMap } from "./find-map.ts";
import { resolveSource } from "./resolve-source.ts";

export interface SourceMapOptions {
  /** Absolute paths where sources with odd names are looked up. */
  readonly workspaceFolders: readonly string[];
  readonly signal?: AbortSignal;
}

interface Original {
  readonly url: string;
  readonly line: number;
  readonly column: number;
  readonly name: string | undefined;
}

type Lookup = (line: number, column: number) => Original | undefined;

/** The same profile with its `original…` columns filled; the given one is not changed. */
export async function applySourceMaps(
  profile: Profile,
  { workspaceFolders, signal }: SourceMapOptions,
): Promise<Profile> {
  const warnings = new Warnings();
  const lookups = new Map<number, Lookup>();
  for (const url of scriptsOf(profile)) {
    signal?.throwIfAborted();
    const lookup = await lookupOf(profile, url, workspaceFolders, warnings);
    if (lookup) lookups.set(url, lookup);
  }
  if (lookups.size === 0) return { ...profile, warnings: [...profile.warnings, ...warnings.list] };
  const strings = new Strings(profile.strings);
  return {
    ...profile,
    functions: mapFunctions(profile, lookups, strings),
    frames: mapFrames(profile, lookups, strings),
    strings: strings.list,
    warnings: [...profile.warnings, ...warnings.list],
  };
}

/** URL strings of the scripts that may have a map. */
function scriptsOf({ functions, strings }: Profile): Set<number> {
  return new Set(functions.url.filter((url) => isSourceUrl(strings[url]!)));
}

async function lookupOf(
  { strings, scripts }: Profile,
  url: number,
  workspaceFolders: readonly string[],
  warnings: Warnings,
): Promise<Lookup | undefined> {
  const script = strings[url]!;
  const recorded = scripts.find((candidate) => candidate.url === script)?.sourceMapUrl;
  const search = await findMap(script, recorded);
  if (search.kind === "none") return undefined;
  if (search.kind === "missing") {
    warnings.add("missing-source-map", `Source maps that scripts name are ${search.why}.`);
    return undefined;
  }
  const { json, folder } = search.map;
  try {
    const map = new AnyMap(json);
    const sources = new Map(
      map.resolvedSources.map((source) => [
        source,
        resolveSource(source ?? "", folder, workspaceFolders),
      ]),
    );
    return (line, column) => original(map, sources, line, column);
  } catch {
    warnings.add("broken-source-map", "Source maps could not be read.");
    return undefined;
  }
}

/** Lines and columns 1-based on both sides. */
function original(
  map: TraceMap,
  sources: ReadonlyMap<string | null, string>,
  line: number,
  column: number,
): Original | undefined {
  const needle = { line, column: Math.max(0, column - 1) };
  let found = originalPositionFor(map, { ...needle, bias: GREATEST_LOWER_BOUND });
  // A position left of the line's first mapping, as of a frame that has no column.
  if (found.line === null) found = originalPositionFor(map, { ...needle, bias: LEAST_UPPER_BOUND });
  if (found.line === null) return undefined;
  const url = sources.get(found.source)!;
  return { url, line: found.line, column: found.column + 1, name: found.name ?? undefined };
}

function mapFunctions(
  { functions }: Profile,
  lookups: ReadonlyMap<number, Lookup>,
  strings: Strings,
): FunctionTable {
  const columns = emptyColumns(functions.length);
  const originalName = new Uint32Array(functions.length);
  for (let func = 0; func < functions.length; func++) {
    const line = functions.line[func]!;
    if (line === 0) continue;
    const found = lookups.get(functions.url[func]!)?.(line, functions.column[func]!);
    if (!found) continue;
    setPosition(columns, func, found, strings);
    // The name in force at a definition is the function's own where its name was shortened.
    if (found.name !== undefined && functions.name[func] !== 0) {
      originalName[func] = strings.id(found.name);
    }
  }
  return { ...functions, ...columns, originalName };
}

function mapFrames(
  { frames, functions }: Profile,
  lookups: ReadonlyMap<number, Lookup>,
  strings: Strings,
): FrameTable {
  const columns = emptyColumns(frames.length);
  for (let frame = 0; frame < frames.length; frame++) {
    const line = frames.line[frame]!;
    if (line === 0) continue;
    const url = functions.url[frames.func[frame]!]!;
    const found = lookups.get(url)?.(line, frames.column[frame]!);
    if (found) setPosition(columns, frame, found, strings);
  }
  return { ...frames, ...columns };
}

function emptyColumns(length: number) {
  return {
    originalUrl: new Uint32Array(length),
    originalLine: new Uint32Array(length),
    originalColumn: new Uint32Array(length),
  };
}

function setPosition(
  columns: ReturnType<typeof emptyColumns>,
  row: number,
  { url, line, column }: Original,
  strings: Strings,
): void {
  columns.originalUrl[row] = strings.id(url);
  columns.originalLine[row] = line;
  columns.originalColumn[row] = column;
}

/** A string table that grows on a copy. */
class Strings {
  readonly list: string[];
  readonly #ids: Map<string, number>;

  constructor(strings: readonly string[]) {
    this.list = [...strings];
    this.#ids = new Map(strings.map((text, id) => [text, id]));
  }

  id(text: string): number {
    let id = this.#ids.get(text);
    if (id === undefined) {
      id = this.list.push(text) - 1;
      this.#ids.set(text, id);
    }
    return id;
  }
}

class Warnings {
  readonly #byMessage = new Map<string, Warning>();

  get list(): readonly Warning[] {
    return [...this.#byMessage.values()];
  }

  add(code: string, message: string): void {
    const count = (this.#byMessage.get(message)?.count ?? 0) + 1;
    this.#byMessage.set(message, { code, message, count });
  }
}
