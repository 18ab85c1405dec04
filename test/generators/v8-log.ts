/** Writes V8 logs by hand, record by record, and shows a profile as lines that tests can compare. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { v8LogReader } from "../../src/formats/v8-log/reader.ts";
import { categories, type Profile, tiers } from "../../src/profile/profile.ts";

export interface CodeFields {
  readonly type?: string;
  readonly address: number;
  readonly size?: number;
  /** Raw, as V8 logs it: for a function `name url:line:column` with the URL escaped. */
  readonly name: string;
  readonly sfi?: number;
  readonly mark?: string;
}

export interface SourceFields {
  readonly address: number;
  readonly script: number;
  readonly start?: number;
  readonly end?: number;
  readonly table?: string;
  readonly inlinings?: string;
  readonly sfis?: readonly number[];
}

export interface TickFields {
  readonly pc: number;
  readonly time: number;
  readonly isExternal?: boolean;
  readonly top?: number;
  readonly state?: number;
  readonly overflow?: boolean;
  readonly frames?: readonly (number | string)[];
}

export const hex = (value: number) => `0x${value.toString(16)}`;

/** As V8 escapes script names, sources and patterns. */
export function escapeField(text: string): string {
  return text.replace(/[^ -~]|[,\\]/g, (character) => {
    if (character === "\n") return "\\n";
    if (character === "\\") return "\\\\";
    const unit = character.charCodeAt(0);
    if (unit > 255) return `\\u${unit.toString(16).padStart(4, "0")}`;
    return `\\x${unit.toString(16).toUpperCase().padStart(2, "0")}`;
  });
}

export class V8Log {
  readonly lines: string[] = [];

  add(...fields: readonly (string | number)[]): this {
    this.lines.push(fields.join(","));
    return this;
  }

  begin(version = "13,6,233,17,-node.53,0"): this {
    return this.add("v8-version", version)
      .add("v8-platform", "linux", "linux")
      .add("profiler", "begin", 1000);
  }

  library(path: string, start: number, end: number, slide = 0): this {
    return this.add("shared-library", escapeField(path), hex(start), hex(end), slide);
  }

  /** A function when it has a mark, else the engine's own code. */
  code({ type, address, size = 0x100, name, sfi = address, mark }: CodeFields): this {
    const tail = mark === undefined ? [] : [hex(sfi), mark];
    const kind = type ?? (mark === undefined ? "Builtin" : "JS");
    return this.add("code-creation", kind, 10, 5, hex(address), size, name, ...tail);
  }

  source(fields: SourceFields): this {
    const { address, script, start = 0, end = 0, table = "", inlinings = "", sfis = [] } = fields;
    const functions = sfis.map((sfi) => `S${hex(sfi)}`).join("");
    return this.add(
      "code-source-info",
      hex(address),
      script,
      start,
      end,
      table,
      inlinings,
      functions,
    );
  }

  script(id: number, url: string, text: string): this {
    return this.add("script-source", id, escapeField(url), escapeField(text));
  }

  tick({ pc, time, isExternal, top = 0, state = 0, overflow, frames = [] }: TickFields): this {
    const stack = frames.map((frame) => (typeof frame === "number" ? hex(frame) : frame));
    const lost = overflow ? ["overflow"] : [];
    return this.add("tick", hex(pc), time, isExternal ? 1 : 0, hex(top), state, ...lost, ...stack);
  }

  toString(): string {
    return this.lines.map((line) => `${line}\n`).join("");
  }
}

/** Reads a log that exists only here. */
export async function readLog(log: V8Log | string | Uint8Array): Promise<Profile> {
  const folder = await mkdtemp(join(tmpdir(), "hangscope-v8-log-"));
  try {
    const path = join(folder, "test-v8.log");
    await writeFile(path, log instanceof V8Log ? log.toString() : log);
    return await v8LogReader.read(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** One frame per entry, innermost first: `name url:line:column [tier] [inlined]`. */
export function stackOf(profile: Profile, sample: number): string[] {
  const { strings, functions, frames, nodes, samples } = profile;
  const stack: string[] = [];
  for (let node = samples.node[sample]!; node >= 0; node = nodes.parent[node]!) {
    const frame = nodes.frame[node]!;
    const func = frames.func[frame]!;
    const place = `${strings[functions.url[func]!]}:${frames.line[frame]}:${frames.column[frame]}`;
    const tier = tiers[frames.tier[frame]!]!;
    const words = [strings[functions.name[func]!], frames.line[frame] ? place : ""];
    if (tier !== "unknown" && tier !== "native") words.push(tier);
    if (frames.inlined[frame]) words.push("inlined");
    stack.push(words.filter(Boolean).join(" "));
  }
  return stack;
}

export const stacksOf = (profile: Profile) =>
  Array.from({ length: profile.samples.length }, (_, sample) => stackOf(profile, sample));

/** The category of a sample's innermost frame. */
export function categoryOf(profile: Profile, sample: number): string {
  const frame = profile.nodes.frame[profile.samples.node[sample]!]!;
  return categories[profile.functions.category[profile.frames.func[frame]!]!]!;
}

/** Warnings by code with their counts. */
export const warningsOf = (profile: Profile) =>
  Object.fromEntries(profile.warnings.map(({ code, count }) => [code, count]));
