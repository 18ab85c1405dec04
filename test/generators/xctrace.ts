/**
 * Exports of any size, as xctrace writes them: `id` and `ref` through the whole document. As in real
 * ones, a stack has some 25 frames and shares half of them with the last one of its thread, and most
 * frames are references, the more so the longer a recording goes on. The same spec always gives the
 * same document.
 */

import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { Random } from "./xctrace-random.ts";
import { type Address, hexOf, type Stack, Workload } from "./xctrace-workload.ts";

/** How stacks are written, by the Xcode that did so: 14.0, 26.3, 26.4 and 27. */
export const stackShapes = ["addresses", "frames", "nested", "direct"] as const;
export type StackShape = (typeof stackShapes)[number];

export interface ExportSpec {
  readonly shape: StackShape;
  /** The document ends with the row that reaches this many bytes. */
  readonly bytes: number;
  readonly seed?: number;
  readonly schema?: "time-profile" | "cpu-profile";
}

/** What a right reader finds in the document. */
export interface ExpectedExport {
  samples: number;
  /** Nanoseconds, or cycles of a `cpu-profile`. */
  weight: number;
  /** Frames of all stacks. */
  depth: number;
  readonly samplesByPid: Map<number, number>;
  /** Samples by innermost function. */
  readonly samplesByLeaf: Map<string, number>;
  /** Samples by stack, outermost function first, joined by `;`. Of the first ten thousand rows. */
  readonly samplesByStack: Map<string, number>;
}

const rowsWithStacks = 10_000;
const pieceLength = 1 << 20;

/** Writes the document to a file. */
export async function writeExport(path: string, spec: ExportSpec): Promise<ExpectedExport> {
  const writer = new ExportWriter(spec);
  const stream = createWriteStream(path);
  let piece = "";
  for (const text of writer.texts()) {
    piece += text;
    if (piece.length < pieceLength) continue;
    if (!stream.write(piece)) await once(stream, "drain");
    piece = "";
  }
  stream.end(piece);
  await once(stream, "finish");
  return writer.expected;
}

export function exportText(spec: ExportSpec): { text: string; expected: ExpectedExport } {
  const writer = new ExportWriter(spec);
  return { text: [...writer.texts()].join(""), expected: writer.expected };
}

class ExportWriter {
  readonly expected: ExpectedExport = {
    samples: 0,
    weight: 0,
    depth: 0,
    samplesByPid: new Map(),
    samplesByLeaf: new Map(),
    samplesByStack: new Map(),
  };
  readonly #spec: ExportSpec;
  readonly #random: Random;
  readonly #workload: Workload;
  #nextId = 1;
  /** Ids by what they stand for. */
  readonly #ids = new Map<unknown, number>();

  constructor(spec: ExportSpec) {
    this.#spec = spec;
    this.#random = new Random(spec.seed ?? 1);
    this.#workload = new Workload(this.#random);
  }

  *texts(): Generator<string> {
    const { schema = "time-profile", shape, bytes } = this.#spec;
    const isCycles = schema === "cpu-profile";
    let length = 0;
    const counted = (text: string) => {
      length += text.length;
      return text;
    };
    yield counted(header(schema, shape));
    for (let time = 1_000_000, row = 0; length < bytes; row++) {
      time += this.#random.below(400_000);
      const weight = isCycles ? 500_000 + this.#random.below(600_000) : 1_000_000;
      yield counted(this.#row(time, weight, isCycles, row < rowsWithStacks));
    }
    yield "</node></trace-query-result>\n";
  }

  #row(time: number, weight: number, isCycles: boolean, withStack: boolean): string {
    const { thread, core, stack } = this.#workload.sample();
    this.#expect(thread.process.pid, weight, stack, withStack);
    const weightTag = isCycles ? "cycle-weight" : "weight";
    return [
      "<row>",
      this.#element("sample-time", {}, clock(time), () => String(time)),
      this.#once(
        "thread",
        thread,
        `${thread.name} ${hexOf(thread.tid)} (${thread.process.name}, pid: ${thread.process.pid})`,
        () =>
          this.#element("tid", {}, hexOf(thread.tid), () => String(thread.tid)) +
          this.#process(thread.process),
      ),
      this.#process(thread.process),
      this.#once("core", `core ${core}`, `CPU ${core} (P Core)`, () => String(core)),
      this.#once("thread-state", "running", "Running", () => "Running"),
      isCycles
        ? this.#element(weightTag, {}, `${(weight / 1000).toFixed(2)} k`, () => String(weight))
        : this.#once(weightTag, "1 ms", "1.00 ms", () => String(weight)),
      this.#stack(stack, thread.process),
      "</row>\n",
    ].join("");
  }

  #expect(pid: number, weight: number, stack: Stack, withStack: boolean): void {
    const { expected } = this;
    expected.samples++;
    expected.weight += weight;
    expected.depth += stack.addresses.length;
    const names = stack.addresses.map((address, i) =>
      this.#spec.shape === "addresses" && i > 0 ? hexOf(address.value) : address.func.name,
    );
    count(expected.samplesByPid, pid);
    count(expected.samplesByLeaf, names[0]!);
    if (withStack) count(expected.samplesByStack, names.reverse().join(";"));
  }

  #process(process: { pid: number; name: string }): string {
    return this.#once("process", process, `${process.name} (${process.pid})`, () =>
      [
        this.#element("pid", {}, String(process.pid), () => String(process.pid)),
        this.#once("device-session", "device-session", "TODO", () => "TODO"),
      ].join(""),
    );
  }

  #stack(stack: Stack, process: { pid: number; name: string }): string {
    const [leaf] = stack.addresses;
    const others = stack.addresses.length - 1;
    const label = `${leaf!.func.name} ← (${others} other frames)`;
    const frames = () => stack.addresses.map((address) => this.#frame(address)).join("");
    switch (this.#spec.shape) {
      case "frames":
        return this.#once("backtrace", stack, undefined, frames);
      case "nested":
        return this.#once("tagged-backtrace", stack, label, () =>
          this.#once("backtrace", stack.addresses, undefined, frames),
        );
      case "direct":
        return this.#once("tagged-backtrace", stack, undefined, frames);
      case "addresses":
        return this.#once("backtrace", stack, label, () =>
          [
            this.#process(process),
            this.#element("text-addresses", {}, `frag ${this.#nextId}`, () =>
              stack.addresses.map(({ value }) => value).join(" "),
            ),
          ].join(""),
        );
    }
  }

  #frame(address: Address): string {
    const { func } = address;
    const { binary } = func;
    const known = this.#ids.get(address);
    if (known !== undefined) return `<frame ref="${known}"/>`;
    const attributes = { name: func.name, addr: hexOf(address.value) };
    return this.#define("frame", address, attributes, undefined, () => {
      const about = {
        name: binary.name,
        UUID: binary.uuid,
        arch: "arm64e",
        "load-addr": hexOf(binary.load),
        path: binary.path,
      };
      const knownBinary = this.#ids.get(binary);
      const parts = [
        knownBinary === undefined
          ? this.#define("binary", binary, about, undefined, () => "")
          : `<binary ref="${knownBinary}"/>`,
      ];
      if (func.source !== "") {
        const path = this.#once("path", func.source, undefined, () => escapeText(func.source));
        parts.push(`<source line="${address.line}">${path}</source>`);
      }
      return parts.join("");
    });
  }

  /** Defines the element the first time, and refers to it afterwards. */
  #once(tag: string, key: unknown, fmt: string | undefined, content: () => string): string {
    const known = this.#ids.get(key);
    if (known !== undefined) return `<${tag} ref="${known}"/>`;
    return this.#define(tag, key, {}, fmt, content);
  }

  #define(
    tag: string,
    key: unknown,
    attributes: Readonly<Record<string, string>>,
    fmt: string | undefined,
    content: () => string,
  ): string {
    this.#ids.set(key, this.#nextId);
    return this.#element(tag, attributes, fmt, content);
  }

  #element(
    tag: string,
    attributes: Readonly<Record<string, string>>,
    fmt: string | undefined,
    content: () => string,
  ): string {
    let start = `<${tag} id="${this.#nextId++}"`;
    if (fmt !== undefined) start += ` fmt="${escapeAttribute(fmt)}"`;
    for (const name in attributes) start += ` ${name}="${escapeAttribute(attributes[name]!)}"`;
    const inside = content();
    return inside === "" ? `${start}/>` : `${start}>${inside}</${tag}>`;
  }
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function header(schema: string, shape: StackShape): string {
  const column = (mnemonic: string, name: string, type: string) =>
    `<col><mnemonic>${mnemonic}</mnemonic><name>${name}</name><engineering-type>${type}</engineering-type></col>`;
  const weight =
    schema === "cpu-profile"
      ? column("weight", "Cycles", "cycle-weight")
      : column("weight", "Weight", "weight");
  const stackType = shape === "nested" || shape === "direct" ? "tagged-backtrace" : "backtrace";
  return [
    '<?xml version="1.0"?>\n<trace-query-result>\n',
    "<node xpath='//trace-toc[1]/run[1]/data[1]/table[14]'>",
    `<schema name="${schema}">`,
    column("time", "Sample Time", "sample-time"),
    column("thread", "Thread", "thread"),
    column("process", "Process", "process"),
    column("core", "Core", "core"),
    column("thread-state", "State", "thread-state"),
    weight,
    column("stack", "Backtrace", stackType),
    "</schema>",
  ].join("");
}

/** `00:01.234.567` */
function clock(nanoseconds: number): string {
  const microseconds = Math.floor(nanoseconds / 1000);
  const part = (value: number, digits: number) => String(value).padStart(digits, "0");
  const seconds = Math.floor(microseconds / 1e6);
  const below = microseconds % 1e6;
  return `${part(Math.floor(seconds / 60), 2)}:${part(seconds % 60, 2)}.${part(Math.floor(below / 1000), 3)}.${part(below % 1000, 3)}`;
}

function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function escapeAttribute(text: string): string {
  return /[&<>"]/.test(text) ? escapeText(text).replaceAll('"', "&quot;") : text;
}
