/** All inputs of a build: what git knows of a folder, or all that stands in it. */
import { createHash } from "node:crypto";
import { type BigIntStats, lstatSync, readdirSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import type { FileHashes } from "./file-hashes.ts";
import { type Listed, listWithGit } from "./git-listing.ts";
import type { HashAnswers, HashRequest } from "./protocol.ts";

/** What builds leave behind, and what is only about one person's windows. */
const outputFolders = new Set([
  ".git",
  ".svn",
  ".hg",
  ".build",
  ".swiftpm",
  "DerivedData",
  "build",
  "node_modules",
  "xcuserdata",
]);
const noInput = /(?:^|\/)\.DS_Store$|\.xcuserstate$|\.xcresult(?:\/|$)/;
/** Ignored by git, and still read by builds: settings of one machine, vendored and generated code. */
const inputOfBuilds =
  /\.(?:swift|m|mm|h|hpp|c|cc|cpp|modulemap|xcconfig|xcscheme|pbxproj|entitlements|plist|storyboard|xib|strings|xcstrings|json|resolved|metal|a|tbd|xcprivacy)$|\.(?:xcassets|xcframework|framework|xcdatamodeld|bundle)\//;

interface Input {
  /** Below its root, with slashes on every system: the same everywhere. */
  readonly path: string;
  readonly absolute: string;
  readonly stats: BigIntStats;
}

export async function hashSources(
  { folders, scheme, env }: Extract<HashRequest, { kind: "sources" }>,
  hashes: FileHashes,
  signal: AbortSignal,
): Promise<HashAnswers["sources"]> {
  const digest = createHash("sha256");
  let files = 0;
  for (const [i, folder] of folders.entries()) {
    const inputs = inputsOf(folder, await listWithGit(folder, env, signal), scheme, hashes);
    for (const input of [...inputs.values()].sort((a, b) => (a.path < b.path ? -1 : 1))) {
      hashes.check();
      digest.update(`${i}\0${input.path}\0${describe(input, hashes)}\0`);
      files++;
    }
  }
  return { sha256: digest.digest("hex"), files };
}

function describe({ absolute, stats }: Input, hashes: FileHashes): string {
  if (stats.isSymbolicLink()) return `link ${readlinkSync(absolute)}`;
  const isExecutable = (stats.mode & 0o111n) !== 0n && process.platform !== "win32";
  return `${isExecutable ? "program" : "file"} ${hashes.ofSource(absolute, stats)}`;
}

function inputsOf(
  folder: string,
  listed: Listed | undefined,
  scheme: string,
  hashes: FileHashes,
): Map<string, Input> {
  const found = new Map<string, Input>();
  const walk = (path: string) => collect(folder, path, found, hashes);
  if (listed) {
    const ofBuilds = paths(listed.ignored).filter((path) => inputOfBuilds.test(path));
    for (const path of [...paths(listed.known), ...ofBuilds]) {
      if (!noInput.test(path)) take(folder, path.replace(/\/$/, ""), found, walk);
    }
  } else walk("");
  for (const path of ownSchemes(folder, scheme)) take(folder, path, found, walk);
  return found;
}

function paths(listed: string): string[] {
  return listed.split("\0").filter((path) => path !== "");
}

/** What git lists and is not there has been deleted; a folder is a repository inside this one. */
function take(
  folder: string,
  path: string,
  found: Map<string, Input>,
  walk: (path: string) => void,
): void {
  const absolute = join(folder, path);
  const stats = lstatSync(absolute, { bigint: true, throwIfNoEntry: false });
  if (!stats) return;
  if (stats.isDirectory()) walk(path);
  else if (stats.isFile() || stats.isSymbolicLink()) found.set(path, { path, absolute, stats });
}

function collect(folder: string, path: string, found: Map<string, Input>, hashes: FileHashes) {
  hashes.check();
  for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
    const below = path === "" ? entry.name : `${path}/${entry.name}`;
    if (noInput.test(below)) continue;
    if (entry.isDirectory()) {
      if (!outputFolders.has(entry.name)) collect(folder, below, found, hashes);
    } else take(folder, below, found, () => {});
  }
}

/** Schemes that nobody shares stand among one user's windows, and still say what is built. */
function ownSchemes(folder: string, scheme: string): string[] {
  return readdirSync(folder)
    .filter((name) => /\.(?:xcodeproj|xcworkspace)$/.test(name))
    .flatMap((project) => {
      const users = `${project}/xcuserdata`;
      return listFolder(join(folder, users)).map(
        (user) => `${users}/${user}/xcschemes/${scheme}.xcscheme`,
      );
    })
    .filter((path) => statSync(join(folder, path), { throwIfNoEntry: false })?.isFile() === true);
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
