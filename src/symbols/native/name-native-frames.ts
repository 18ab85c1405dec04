/**
 * Names native code after the fact: readers give it an address in a module's file, and the
 * platform's symbol tools know the function there. Takes a second for an executable that was not
 * seen before, so it runs when the profile already shows.
 */

import { type Category, categoryId, type Profile, type Warning } from "../../profile/profile.ts";
import type { Environment } from "../../toolchain/environment.ts";
import type { TaskOptions } from "../../toolchain/progress.ts";
import type { ToolError } from "../../toolchain/run.ts";
import { defaultCacheDir, NameCache, type Names } from "./name-cache.ts";
import { renameFrames } from "./rename-frames.ts";

export interface NamingOptions extends TaskOptions {
  /** Where found names are kept between runs. By default the user's cache folder. */
  readonly cacheDir?: string;
  /** Over the process's own, for the programs that know names. */
  readonly env?: Environment;
}

const nativeCategories = new Set(
  (["native", "kernel", "system"] satisfies Category[]).map(categoryId),
);

/**
 * The profile with its native frames named, sharing every other column; the same object when
 * there is nothing to name. What could not be named is counted in its warnings.
 * @throws the signal's reason when aborted.
 */
export async function nameNativeFrames(
  profile: Profile,
  { signal, onProgress, cacheDir = defaultCacheDir(), env }: NamingOptions = {},
): Promise<Profile> {
  const modules = unnamedFrames(profile);
  const cache = new NameCache(cacheDir);
  const names = new Map<number, string>();
  const warnings: Warning[] = [];
  let done = 0;
  for (const [module, frames] of modules) {
    signal?.throwIfAborted();
    onProgress?.({
      message: "Naming native code",
      done: done++,
      total: modules.size,
      unit: "items",
    });
    const path = profile.strings[module]!;
    const addresses = frames.map((frame) => profile.frames.address[frame]!);
    try {
      const found = await namesIn(path, addresses, cache, {
        ...(signal && { signal }),
        ...(env && { env }),
      });
      frames.forEach((frame, i) => {
        const name = found.get(addresses[i]!);
        if (name) names.set(frame, name);
      });
    } catch (error) {
      signal?.throwIfAborted();
      warnings.push(warningOf(error, path, frames.length));
    }
  }
  if (names.size === 0 && warnings.length === 0) return profile;
  return { ...renameFrames(profile, names), warnings: merge(profile.warnings, warnings) };
}

/** Module (a string of the profile) → its frames that have an address. */
function unnamedFrames({ frames, functions, strings }: Profile): Map<number, number[]> {
  const modules = new Map<number, number[]>();
  for (let frame = 0; frame < frames.length; frame++) {
    const func = frames.func[frame]!;
    if (frames.address[frame] === 0 || !nativeCategories.has(functions.category[func]!)) continue;
    const module = functions.module[func]!;
    // `[vdso]` and the like are no files.
    if (/^(?:$|\[)/.test(strings[module]!)) continue;
    const known = modules.get(module);
    if (known) known.push(frame);
    else modules.set(module, [frame]);
  }
  return modules;
}

async function namesIn(
  path: string,
  addresses: readonly number[],
  cache: NameCache,
  options: Pick<NamingOptions, "signal" | "env">,
): Promise<Names> {
  const names = await cache.read(path);
  const missing = addresses.filter((address) => !names.has(address));
  if (missing.length === 0) return names;
  // What starts programs is large, and most names were found before.
  const { symbolsAt } = await import("./module-symbols.ts");
  const found = await symbolsAt(path, missing, options);
  for (const address of missing) names.set(address, found.get(address) ?? "");
  await cache.write(path, names);
  return names;
}

function warningOf(error: unknown, path: string, count: number): Warning {
  if ((error as Partial<ToolError>).kind === "missing") {
    return {
      code: "native-tool-missing",
      message: `Native code has no names: ${(error as Error).message}`,
      count,
    };
  }
  const why = error instanceof Error ? error.message : String(error);
  return { code: "native-names", message: `Native code of ${path} has no names: ${why}`, count };
}

/** One warning per code and message, as everywhere. */
function merge(known: readonly Warning[], added: readonly Warning[]): Warning[] {
  const all = new Map<string, Warning>();
  for (const warning of [...known, ...added]) {
    const key = `${warning.code} ${warning.message}`;
    const count = (all.get(key)?.count ?? 0) + warning.count;
    all.set(key, { ...warning, count });
  }
  return [...all.values()];
}
