/**
 * Original positions over a profile. Only scripts on a sampled stack are looked at, one after the
 * other, so that no more than one map is in memory. What is missing is counted, never fatal.
 * Original URLs are `file:` URLs wherever a file is meant.
 */
import type { Profile, Warning } from "../../profile/profile.ts";
import { type FoundMap, findMap, type Missing } from "./find-map.ts";
import { OriginalColumns, type ResolvedPosition } from "./original-columns.ts";
import { resolveSource } from "./resolve-source.ts";
import { type Script, sampledScripts } from "./sampled-scripts.ts";
import { type OriginalPosition, ScriptMap } from "./script-map.ts";

export interface SourceMapOptions {
  /** Absolute paths where sources with odd names are looked up. */
  readonly workspaceFolders: readonly string[];
  readonly signal?: AbortSignal;
}

const broken: Missing = {
  code: "broken-source-map",
  message: "Source maps could not be read.",
};

/**
 * The same profile with its `original…` columns filled; the given one is not changed.
 * @throws nothing but the signal's reason
 */
export async function applySourceMaps(
  profile: Profile,
  { workspaceFolders, signal }: SourceMapOptions,
): Promise<Profile> {
  const recorded = new Map(profile.scripts.map(({ url, sourceMapUrl }) => [url, sourceMapUrl]));
  const columns = new OriginalColumns(profile);
  const missing: Missing[] = [];
  for (const script of sampledScripts(profile)) {
    signal?.throwIfAborted();
    const search = await findMap(script.url, recorded.get(script.url));
    if (search.kind === "missing") missing.push(search.missing);
    if (search.kind !== "found") continue;
    try {
      mapScript(profile, script, search.map, workspaceFolders, columns);
    } catch {
      missing.push(broken);
    }
  }
  const warnings = [...profile.warnings, ...countAlike(missing)];
  return { ...profile, ...columns.tables(), warnings };
}

/** @throws when the map is broken, with what was mapped until then kept */
function mapScript(
  { functions, frames, strings }: Profile,
  script: Script,
  { json, base }: FoundMap,
  workspaceFolders: readonly string[],
  columns: OriginalColumns,
): void {
  const map = new ScriptMap(json);
  const urls = new Map<string, string>();
  const resolve = ({ source, line, column }: OriginalPosition): ResolvedPosition => {
    let url = urls.get(source);
    if (url === undefined) {
      url = resolveSource(source, base, workspaceFolders);
      urls.set(source, url);
    }
    return { url, line, column };
  };
  const startOf = (func: number) => ({
    line: functions.line[func]!,
    column: functions.column[func]!,
  });
  for (const func of script.functions) {
    const start = startOf(func);
    const original = map.original(start, start);
    if (original) columns.setFunction(func, resolve(original));
    const name = map.originalName(strings[functions.name[func]!]!, start);
    if (name !== undefined) columns.setName(func, name);
  }
  for (const frame of script.frames) {
    const at = { line: frames.line[frame]!, column: frames.column[frame]! };
    const original = map.original(at, startOf(frames.func[frame]!));
    if (original) columns.setFrame(frame, resolve(original));
  }
}

function countAlike(missing: readonly Missing[]): Warning[] {
  const counts = new Map<string, Warning>();
  for (const { code, message } of missing) {
    counts.set(message, { code, message, count: (counts.get(message)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}
