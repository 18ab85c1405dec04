/** The files of a built product: listed with their hashes, and held to that list later. */
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { FileHashes } from "./file-hashes.ts";
import { type ProductFile, parseProductList } from "./product-list.ts";
import type { HashAnswers, HashRequest } from "./protocol.ts";
import { sampleOf } from "./sample.ts";

export function listProducts(
  { folder, to }: Extract<HashRequest, { kind: "list" }>,
  hashes: FileHashes,
): HashAnswers["list"] {
  const files: ProductFile[] = [];
  let bytes = 0;
  for (const path of pathsBelow(folder, hashes)) {
    const absolute = join(folder, path);
    const stats = lstatSync(absolute);
    if (stats.isSymbolicLink()) files.push({ path, link: readlinkSync(absolute) });
    else if (stats.isFile()) {
      const executable = (stats.mode & 0o111) !== 0;
      files.push({ path, size: stats.size, sha256: hashes.ofFile(absolute), executable });
      bytes += stats.size;
    }
  }
  const text = JSON.stringify(files);
  writeFileSync(to, text, { mode: 0o600 });
  return { count: files.length, bytes, sha256: digest(text) };
}

/** With slashes, in one order on every machine. */
function pathsBelow(folder: string, hashes: FileHashes): string[] {
  const found: string[] = [];
  const walk = (path: string) => {
    hashes.check();
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
      const below = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) walk(below);
      else found.push(below);
    }
  };
  walk("");
  return found.sort((a, b) => (a < b ? -1 : 1));
}

export function checkProducts(
  { products, list, listSha256, essential, whole }: Extract<HashRequest, { kind: "check" }>,
  hashes: FileHashes,
): HashAnswers["check"] {
  const text = readFileSync(list, "utf8");
  if (digest(text) !== listSha256) return { problem: "its list of files is damaged" };
  const files = parseProductList(text);
  if (typeof files === "string") return { problem: files };
  for (const file of files) {
    hashes.check();
    const problem = shapeProblem(join(products, file.path), file);
    if (problem !== undefined) return { problem: `${file.path} ${problem}` };
  }
  const toRead = whole ? files : Array.from(sampleOf(files, essential), (i) => files[i]!);
  for (const file of toRead) {
    if ("link" in file) continue;
    if (hashes.ofFile(join(products, file.path)) !== file.sha256) {
      return { problem: `${file.path} has another content` };
    }
  }
  return whole ? checkNothingMore(products, files, hashes) : {};
}

function shapeProblem(path: string, file: ProductFile): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return "is missing";
  if ("link" in file) {
    if (!stats.isSymbolicLink()) return "is no link any more";
    return readlinkSync(path) === file.link ? undefined : "leads elsewhere";
  }
  if (!stats.isFile()) return "is no file any more";
  if (stats.size !== file.size) return `has ${stats.size} bytes, not ${file.size}`;
  const executable = (stats.mode & 0o111) !== 0;
  if (process.platform !== "win32" && executable !== file.executable) {
    return "has lost or gained the right to run";
  }
  return undefined;
}

function checkNothingMore(
  products: string,
  files: readonly ProductFile[],
  hashes: FileHashes,
): HashAnswers["check"] {
  const known = new Set(files.map(({ path }) => path));
  const more = pathsBelow(products, hashes).find((path) => !known.has(path));
  return more === undefined ? {} : { problem: `${more} was added` };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
