/** Whose code a binary holds, as far as its name and path tell. */
import type { Category } from "../../profile/profile.ts";

/** Where a machine, a device and a simulator's runtime keep Apple's own code. */
const systemPath =
  /^(?:\/private\/preboot\/Cryptexes|\/System|\/AppleInternal|\/Library\/(?:Apple|Developer)|\/usr\/(?:lib|libexec|bin|sbin)|\/bin|\/sbin|\/Developer)\/|\/RuntimeRoot\/|\.simruntime\/|\/Xcode(?:[-_ ]?(?:[Bb]eta|\d)[^/]*)?\.app\/Contents\//;

const kernelName = /^(?:kernel(?:cache)?(?:[.-].*)?|mach_kernel|com\.apple\.kec\..*)$/;
const kernelPath = /^\/System\/Library\/Kernels\/|\.kext\//;

const systemName = /^(?:dyld(?:_sim)?|libsystem_\w+\.dylib|libdispatch\.dylib|libobjc\.A\.dylib)$/;

const bundle = /\.(?:app|appex|xctest)\//;

/** What a user's own build tools write to. */
const buildFolder =
  /\/DerivedData\/|\/\.build\/|\/Build\/Products\/|^\/Users\/[^/]+\/(?!Library\/).*\/(?:build|bazel-(?:bin|out)|target\/(?:debug|release))\//;

/**
 * - `kernel`: the kernel and its extensions;
 * - `app`: the very program that was recorded, wherever it is;
 * - `system`: Apple's code: below /System, /usr/lib and their kin, in a simulator's runtime, in Xcode;
 * - `app` too: in an .app, .appex or .xctest bundle, or in a user's build folder;
 * - `native`: anything else, such as a library of Homebrew's, and code whose binary is not known.
 *
 * A user's app in a simulator lies below `~/Library/Developer`, not `/Library/Developer`: an app.
 *
 * @param path absolute, or `""` where only the name is known
 * @param executables paths of the programs that were recorded
 */
export function categorizeBinary(
  name: string,
  path: string,
  executables: ReadonlySet<string>,
): Category {
  if (kernelName.test(name) || kernelPath.test(path)) return "kernel";
  if (executables.has(path)) return "app";
  if (systemPath.test(path) || systemName.test(name)) return "system";
  if (bundle.test(path) || buildFolder.test(path)) return "app";
  return "native";
}
