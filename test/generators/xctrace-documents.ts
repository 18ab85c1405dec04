/**
 * Random small exports for property tests: every way of writing XML that means the same, any
 * element a reference, ids of any size, defined again, or to nothing. What they mean is for a
 * `ReferenceDocument` to tell.
 */
import fc from "fast-check";
import type { StackShape } from "./xctrace.ts";
import { stackShapes } from "./xctrace.ts";

export interface WrittenExport {
  readonly text: string;
  readonly shape: StackShape;
}

const names = [
  "main",
  "-[View layout:with:]",
  "std::map<int, char const*>::at(int const&)",
  'say("hello")',
  "it's > that",
  "größe ← (2)",
  "0x104f2c",
  "",
  "a&b;",
  "🚀 launch",
];
const binaries = [
  { name: "Shop", path: "/private/var/containers/Bundle/Application/8B/Shop.app/Shop" },
  { name: "CoreFoundation", path: "/System/Library/Frameworks/CoreFoundation" },
  { name: "A & B <1>", path: "" },
];
const paths = ["/Users/ann/a.swift", '/Users/ann/it\'s "b".swift', "<compiler-generated>"];
const states = ["Running", "Blocked", "Running", "Running"];

const rowShape = fc.record({
  time: fc.oneof(fc.nat(), fc.maxSafeInteger().map(Math.abs)),
  weight: fc.nat(5_000_000),
  thread: fc.nat(3),
  process: fc.nat(2),
  state: fc.nat(states.length - 1),
  stack: fc.array(fc.nat(11), { maxLength: 6 }),
});
type Row = typeof rowShape extends fc.Arbitrary<infer R> ? R : never;

export const writtenExports: fc.Arbitrary<WrittenExport> = fc
  .record({
    shape: fc.constantFrom(...stackShapes),
    rows: fc.array(rowShape, { maxLength: 12 }),
    order: fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 8 }),
    hasBigIds: fc.boolean(),
    choices: fc.array(fc.nat(1 << 20), { minLength: 64, maxLength: 64 }),
  })
  .map(({ shape, rows, order, hasBigIds, choices }) => ({
    shape,
    text: new Writer(shape, choices, hasBigIds).document(rows, order),
  }));

type Attributes = Readonly<Record<string, string>>;

class Writer {
  readonly #shape: StackShape;
  readonly #choices: readonly number[];
  readonly #hasBigIds: boolean;
  #taken = 0;
  #nextId = 1;
  /** Ids that were given to what stands for the key. */
  readonly #ids = new Map<string, string>();
  readonly #allIds: string[] = ["99"];

  constructor(shape: StackShape, choices: readonly number[], hasBigIds: boolean) {
    this.#shape = shape;
    this.#choices = choices;
    this.#hasBigIds = hasBigIds;
  }

  /** 0 up to, not including, `limit`: what the document's own random numbers say. */
  #choose(limit: number): number {
    const index = this.#taken++;
    const mixed = Math.imul(this.#choices[index % 64]! + index, 0x9e3779b1) >>> 8;
    return mixed % limit;
  }

  #oneIn(count: number): boolean {
    return this.#choose(count) === 0;
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#choose(items.length)]!;
  }

  document(rows: readonly Row[], order: readonly number[]): string {
    const head = this.#oneIn(2) ? '<?xml version="1.0"?>\n' : "";
    const columns = this.#columns();
    const header = order.map((i) => this.#column(columns[i]!)).join(this.#space());
    const table = this.#element("schema", { name: "time-profile" }, header);
    const body = rows.map((row) => this.#row(row, order)).join(this.#space());
    const node = this.#element(
      "node",
      { xpath: "//trace-toc[1]/run[1]/data[1]/table[1]" },
      table + body,
    );
    return `${head}${this.#space()}${this.#element("trace-query-result", {}, node)}${this.#space()}`;
  }

  #columns(): readonly (readonly [mnemonic: string, type: string])[] {
    const isTagged = this.#shape === "nested" || this.#shape === "direct";
    return [
      ["time", "sample-time"],
      ["thread", "thread"],
      ["process", "process"],
      ["core", "core"],
      ["thread-state", "thread-state"],
      ["weight", "weight"],
      ["stack", isTagged ? "tagged-backtrace" : "backtrace"],
      ["note", "narrative"],
    ];
  }

  #column([mnemonic, type]: readonly [string, string]): string {
    const parts = [
      this.#element("mnemonic", {}, this.#text(mnemonic)),
      this.#element("name", {}, this.#text(mnemonic)),
      this.#element("engineering-type", {}, this.#text(type)),
    ];
    return this.#element("col", {}, parts.join(this.#space()));
  }

  #row(row: Row, order: readonly number[]): string {
    const cells = [
      () =>
        this.#kept("sample-time", `${row.time}`, { fmt: "00:01 > 2" }, () =>
          this.#text(`${row.time}`),
        ),
      () => this.#thread(row.thread),
      () => this.#process(row.process),
      () => this.#kept("core", "0", {}, () => this.#text("0")),
      () => this.#kept("thread-state", `${row.state}`, {}, () => this.#text(states[row.state]!)),
      () => this.#kept("weight", `${row.weight}`, {}, () => this.#text(`${row.weight}`)),
      () => this.#stack(row.stack),
      () => this.#note(),
    ];
    const written = order.map((i) => (this.#oneIn(12) ? this.#empty("sentinel") : cells[i]!()));
    return this.#element("row", {}, this.#space() + written.join(this.#space()));
  }

  #thread(thread: number): string {
    const fmt = `Worker ${thread} 0x${(thread + 16).toString(16)} (Shop, pid: ${thread % 3})`;
    return this.#kept("thread", `${thread}`, { fmt }, () => {
      const tid = this.#kept("tid", `${thread}`, {}, () => this.#text(`${thread + 16}`));
      return this.#oneIn(2) ? tid + this.#process(thread % 3) : this.#process(thread % 3) + tid;
    });
  }

  #process(process: number): string {
    return this.#kept("process", `${process}`, { fmt: `Shop <${process}> (${process})` }, () =>
      this.#kept("pid", `${process}`, {}, () => this.#text(`${process}`)),
    );
  }

  /** Of no interest, and full of what could be mistaken for something. */
  #note(): string {
    const inside = [
      this.#text("a > b"),
      this.#element("row", {}, this.#element("weight", {}, "1")),
      this.#element("node", {}, this.#element("row", {}, "")),
      this.#element("narrative-text", { id: this.#newId() }, this.#text("<frame ref=1/>")),
    ];
    return this.#element("narrative", { "resident-%": "5" }, this.#pick(inside));
  }

  #stack(frames: readonly number[]): string {
    const key = frames.join(" ");
    const label = `${names[(frames[0] ?? 0) % names.length]} ← (${frames.length} other frames)`;
    const list = () => frames.map((frame) => this.#frame(frame)).join(this.#space());
    switch (this.#shape) {
      case "frames":
        return this.#kept("backtrace", key, {}, list);
      case "direct":
        return this.#kept("tagged-backtrace", key, { fmt: label }, list);
      case "nested":
        return this.#kept("tagged-backtrace", key, { fmt: label }, () =>
          this.#kept("backtrace", key, {}, list),
        );
      case "addresses":
        return this.#kept("backtrace", key, { fmt: label }, () => this.#addresses(frames));
    }
  }

  #addresses(frames: readonly number[]): string {
    const values = frames.map(
      (frame) => `${[7, 4_294_967_296, 123_456_789_012][frame % 3]! + frame}`,
    );
    if (this.#oneIn(4)) values.push("18446743523953737728");
    const cut = this.#choose(values.length + 1);
    const lists = this.#oneIn(3) ? [values.slice(0, cut), values.slice(cut)] : [values];
    return (
      this.#process(0) +
      lists
        .map((list) =>
          this.#kept("text-addresses", list.join(" "), {}, () => this.#text(list.join(" "))),
        )
        .join("")
    );
  }

  #frame(frame: number): string {
    const attributes = {
      name: names[frame % names.length]!,
      addr: `0x10${frame}`,
      ...(frame % 4 === 3 && { inlined: "1" }),
    };
    return this.#kept("frame", `${frame}`, attributes, () => {
      const binary = binaries[frame % 4];
      const parts = [];
      if (binary) {
        parts.push(this.#kept("binary", binary.name, { ...binary, UUID: "37CE-BB" }, () => ""));
      }
      if (frame % 3 === 0) parts.push(this.#source(frame));
      return (this.#oneIn(4) ? parts.reverse() : parts).join(this.#space());
    });
  }

  #source(frame: number): string {
    const path = paths[frame % paths.length]!;
    return this.#kept("source", `${frame}`, { line: `${frame + 1}` }, () =>
      this.#kept("path", path, {}, () => this.#text(path)),
    );
  }

  /** With an id as a rule, and as a reference once it has one; now and then to nothing. */
  #kept(tag: string, key: string, attributes: Attributes, content: () => string): string {
    const own = `${tag} ${key}`;
    const known = this.#ids.get(own);
    if (this.#oneIn(25)) return this.#empty(tag, { ref: this.#pick(this.#allIds) });
    if (known !== undefined && !this.#oneIn(4)) return this.#empty(tag, { ref: known });
    if (this.#oneIn(10)) return this.#element(tag, attributes, content());
    // Defined again, now and then with the id of something else.
    const id = this.#oneIn(15) ? this.#pick(this.#allIds) : (known ?? this.#newId());
    const inside = content();
    for (const [other, taken] of this.#ids) if (taken === id) this.#ids.delete(other);
    this.#ids.set(own, id);
    return this.#element(tag, { id, ...attributes }, inside);
  }

  #newId(): string {
    const isBig = this.#hasBigIds && this.#oneIn(2);
    const id = isBig ? 2 ** 53 - 1 - this.#nextId++ * 7 : this.#nextId++;
    this.#allIds.push(String(id));
    return String(id);
  }

  #empty(tag: string, attributes: Attributes = {}): string {
    return this.#element(tag, attributes, "");
  }

  #element(tag: string, attributes: Attributes, inside: string): string {
    const entries = Object.entries(attributes);
    if (this.#oneIn(3)) entries.reverse();
    const written = entries.map(([name, value]) => this.#attribute(name, value)).join("");
    if (inside === "" && !this.#oneIn(3)) return `<${tag}${written}${this.#blank()}/>`;
    return `<${tag}${written}${this.#blank()}>${inside}</${tag}${this.#blank()}>`;
  }

  #attribute(name: string, value: string): string {
    const quote = this.#oneIn(3) ? "'" : '"';
    const equals = this.#oneIn(8) ? " = " : "=";
    const escaped = Array.from(value, (char) => this.#escaped(char, quote)).join("");
    return `${this.#oneIn(6) ? "\n\t" : " "}${name}${equals}${quote}${escaped}${quote}`;
  }

  #escaped(char: string, quote: string): string {
    const mustBe = char === "&" || char === "<" || char === quote;
    // A raw `>` is legal, and seen.
    if (!mustBe && !(char === ">" && this.#oneIn(2)) && !this.#oneIn(40)) return char;
    const entity = entities[char];
    if (entity && !this.#oneIn(3)) return entity;
    const code = char.codePointAt(0)!;
    return this.#oneIn(2) ? `&#${code};` : `&#x${code.toString(16)};`;
  }

  /** With comments, sections and entities wherever they may stand. */
  #text(text: string): string {
    const parts = Array.from(text, (char) =>
      char === "<" || char === "&" || char === ">" || this.#oneIn(30)
        ? this.#escaped(char, char)
        : char,
    );
    const cut = this.#choose(parts.length + 1);
    const [head, rest] = [parts.slice(0, cut).join(""), Array.from(text).slice(cut).join("")];
    if (this.#oneIn(10)) return `${head}<![CDATA[${rest}]]>`;
    if (this.#oneIn(10)) return `${head}<!-- <row> -->${parts.slice(cut).join("")}`;
    return parts.join("");
  }

  /** Between elements. */
  #space(): string {
    return this.#oneIn(3)
      ? this.#pick(["\n", " ", "<!-- > </row> -->", "<?note <row> ?>", "\r\n\t"])
      : "";
  }

  #blank(): string {
    return this.#oneIn(8) ? " " : "";
  }
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};
