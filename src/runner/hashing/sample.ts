/** Which files a restore reads: all that it cannot do without, and others by chance. */
import { randomInt } from "node:crypto";
import type { ProductFile } from "./product-list.ts";

export interface SampleLimits {
  readonly files: number;
  readonly bytes: number;
}

export const defaultSample: SampleLimits = { files: 64, bytes: 32 * 1024 * 1024 };

/**
 * Indexes into the files. Others at every call, so that damage that one restore passes
 * over is found by a later one.
 */
export function sampleOf(
  files: readonly ProductFile[],
  essential: readonly string[],
  limits: SampleLimits = defaultSample,
): Uint32Array {
  const isEssential = (path: string) =>
    essential.some((each) => path === each || isProgramOf(each, path));
  const chosen = new Set<number>();
  let bytes = 0;
  const sizeOf = (i: number) => {
    const file = files[i]!;
    return "size" in file ? file.size : 0;
  };
  for (const [i, { path }] of files.entries()) {
    if (!isEssential(path)) continue;
    chosen.add(i);
    bytes += sizeOf(i);
  }
  const most = Math.min(limits.files, files.length);
  // Large files that do not fit are passed over: bounded tries, not bounded finds.
  for (let tries = 0; chosen.size < most && tries < limits.files * 4; tries++) {
    const i = randomInt(files.length);
    if (chosen.has(i) || bytes + sizeOf(i) > limits.bytes) continue;
    chosen.add(i);
    bytes += sizeOf(i);
  }
  return Uint32Array.from(chosen);
}

/** What a bundle runs and what says so: directly in it, or where macOS has it. */
function isProgramOf(bundle: string, path: string): boolean {
  if (!path.startsWith(`${bundle}/`)) return false;
  const inside = path.slice(bundle.length + 1);
  const name = bundle.slice(bundle.lastIndexOf("/") + 1).replace(/\.[^.]*$/, "");
  return [name, "Info.plist", `Contents/MacOS/${name}`, "Contents/Info.plist"].includes(inside);
}
