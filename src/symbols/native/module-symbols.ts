/**
 * Names addresses of one module with the platform's own tools. Addresses are as the profile has
 * them: offsets into the file for ELF, addresses as linked for Mach-O.
 */

import { open } from "node:fs/promises";
import type { Environment } from "../../toolchain/environment.ts";
import { run, type Tool } from "../../toolchain/run.ts";
import { NearestSymbols } from "./nearest-symbols.ts";

const howToGet =
  process.platform === "darwin"
    ? 'Install the command line tools with "xcode-select --install".'
    : 'Install binutils, for example with "apt-get install binutils".';
const nm: Tool = { command: "nm", howToGet };
const objdump: Tool = { command: "objdump", howToGet };
const cxxfilt: Tool = { command: "c++filt", howToGet };

/** `nm` over a debug build of a browser reads gigabytes. */
const timeoutMs = 120_000;
const maxLineBytes = 1 << 20;

interface Options {
  readonly signal?: AbortSignal;
  readonly env?: Environment;
}

/**
 * Address → demangled name; addresses that no function holds are left out.
 * @throws ToolError when a tool is missing or fails.
 */
export async function symbolsAt(
  path: string,
  addresses: readonly number[],
  options: Options,
): Promise<Map<number, string>> {
  const format = await formatOf(path);
  if (format === "other") return new Map();
  const toLinked = format === "elf" ? await linkedAddresses(path, options) : (a: number) => a;
  const wanted = new Map(addresses.map((address) => [toLinked(address), address]));
  const names = await linkedNames(path, format, [...wanted.keys()], options);
  const demangled = await demangle([...new Set(names.values())], format, options);
  return new Map(
    [...names].map(([linked, name]) => [wanted.get(linked)!, demangled.get(name) ?? name]),
  );
}

type ModuleFormat = "elf" | "mach-o" | "other";

async function formatOf(path: string): Promise<ModuleFormat> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    const magic = buffer.readUInt32BE(0);
    if (magic === 0x7f454c46) return "elf";
    return [0xcffaedfe, 0xcefaedfe, 0xcafebabe].includes(magic) ? "mach-o" : "other";
  } finally {
    await file.close();
  }
}

const segmentLine =
  /^\s*LOAD off\s+0x([0-9a-f]+) vaddr 0x([0-9a-f]+)[^\n]*\n\s*filesz 0x([0-9a-f]+)/gm;

/**
 * File offset → address as linked. The difference varies from segment to segment, so that one
 * base for the whole file would name functions megabytes away.
 */
async function linkedAddresses(
  path: string,
  options: Options,
): Promise<(offset: number) => number> {
  const { stdout } = await run(objdump, ["-p", path], { timeoutMs, ...options });
  const segments = Array.from(stdout.matchAll(segmentLine), (match) => {
    const [offset, address, size] = match.slice(1).map((digits) => Number.parseInt(digits, 16));
    return { offset: offset!, address: address!, size: size! };
  });
  return (offset) => {
    const segment = segments.find(
      (each) => offset >= each.offset && offset < each.offset + each.size,
    );
    return segment ? segment.address + (offset - segment.offset) : Number.NaN;
  };
}

async function linkedNames(
  path: string,
  format: ModuleFormat,
  wanted: readonly number[],
  options: Options,
): Promise<Map<number, string>> {
  if (format === "mach-o") return (await sweep(["-p", path], wanted, options)).names;
  const all = await sweep(["-p", "-S", "--defined-only", path], wanted, options);
  if (all.symbols > 0) return all.names;
  // A stripped library still names what it exports.
  return (await sweep(["-p", "-S", "-D", "--defined-only", path], wanted, options)).names;
}

/** `address [size] type name`, the types of code: local, global, weak and indirect functions. */
const symbolLine = /^([0-9a-f]+) (?:([0-9a-f]+) )?[TtWwi] (.+)$/;

async function sweep(args: readonly string[], wanted: readonly number[], options: Options) {
  const nearest = new NearestSymbols(wanted.filter((address) => !Number.isNaN(address)));
  let symbols = 0;
  const lines = new LineSplitter((line) => {
    const match = symbolLine.exec(line);
    if (!match) return;
    symbols++;
    const address = Number.parseInt(match[1]!, 16);
    if (!nearest.isCandidate(address)) return;
    const size = Number.parseInt(match[2] ?? "0", 16);
    nearest.add({ address, size, name: match[3]!.replace(/@.*$/, "") });
  });
  await run(nm, args, {
    timeoutMs,
    onStdout: (chunk) => lines.push(chunk),
    ...options,
  });
  return { names: nearest.names(), symbols };
}

class LineSplitter {
  readonly #onLine: (line: string) => void;
  #rest = "";

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    const lines = (this.#rest + chunk.toString("latin1")).split("\n");
    this.#rest = lines.pop()!.slice(0, maxLineBytes);
    lines.forEach(this.#onLine);
  }
}

async function demangle(
  names: readonly string[],
  format: ModuleFormat,
  options: Options,
): Promise<Map<string, string>> {
  // Mach-O puts an underscore before every name.
  const mangled = format === "mach-o" ? names.map((name) => name.replace(/^_/, "")) : names;
  const { stdout } = await run(cxxfilt, [], {
    input: mangled.map((name) => `${name}\n`).join(""),
    maxOutputBytes: 64 << 20,
    timeoutMs,
    ...options,
  });
  const lines = stdout.split("\n");
  return new Map(names.map((name, index) => [name, lines[index] || mangled[index]!]));
}
