/** Takes a log apart, line by line, into the profile: the records and what each one changes. */
import type { ProfileBuilder } from "../../profile/builder.ts";
import { comma, fieldEnd, hasAt, newline, parseDecimal, parseHex, unescapePath } from "./bytes.ts";
import type { CodeFrames } from "./code-frames.ts";
import { maxRecordBytes, parseCodeRecord } from "./code-record.ts";
import { Isolate } from "./isolate.ts";
import { Script, ScriptText } from "./script.ts";
import { Stacks } from "./stacks.ts";
import { Timeline } from "./timeline.ts";

/** Records that say nothing about where time went. */
const ignored = new Set(
  (
    "heap-capacity heap-available feedback-vector shared-library-end script-details " +
    "code-disable-optimization code-deopt bytecode-flush delete current-time " +
    "active-runtime-timer timer-event timer-event-start timer-event-end map map-create " +
    "map-details maps-end heap-sample-begin heap-sample-end heap-sample-item handles-begin " +
    "function first-execution preparse-no-resolution script native-context suspect-read " +
    "api embedder-event"
  ).split(" "),
);

/** Shorter sources are not worth a streamed read. */
const minStreamedBytes = 64 * 1024;

const letterC = 99;
const letterS = 83;
const letterT = 116;
const codeCreation = "code-creation,";
const recordName = /^[a-zA-Z][\w-]*$/;

export interface Chunk {
  /** The part of the buffer that holds bytes of the log. */
  readonly start: number;
  readonly end: number;
  /** Where in the file `start` stands. */
  readonly fileOffset: number;
  readonly isLast: boolean;
}

export class LogParser {
  readonly #builder: ProfileBuilder;
  readonly #frames: CodeFrames;
  readonly #builtinBase: number | undefined;
  readonly #isolates: Isolate[] = [];
  #isolate: Isolate;
  #stacks: Stacks;
  #timeline: Timeline;
  #text: { readonly reader: ScriptText; readonly script: Script } | undefined;
  #openProfilers = 0;
  #threads = 0;
  #records = 0;
  #malformed = 0;
  #version = "";
  #interval = 0;

  constructor(builder: ProfileBuilder, frames: CodeFrames, builtinBase?: number) {
    this.#builder = builder;
    this.#frames = frames;
    this.#builtinBase = builtinBase;
    this.#isolate = this.#newIsolate();
    this.#stacks = new Stacks(builder, this.#isolate);
    this.#timeline = new Timeline(builder, 0);
  }

  /** Records understood so far. */
  get records(): number {
    return this.#records;
  }

  get version(): string {
    return this.#version;
  }

  /** Microseconds; 0 when not logged. */
  get interval(): number {
    return this.#interval;
  }

  /** A base for copied builtins that explains the ticks better than the one that was used. */
  betterBuiltinBase(): number | undefined {
    for (const isolate of this.#isolates) {
      const base = isolate.builtins.betterBase((address) => isolate.isBuiltin(address));
      if (base !== undefined) return base;
    }
    return undefined;
  }

  /**
   * Takes the whole lines of `[start, end)`, which stands at `fileOffset` of the file, and the
   * beginning of a script's text that is longer than the buffer.
   * @returns the index of the first byte not taken.
   */
  feed(bytes: Buffer, view: DataView, { start, end, fileOffset, isLast }: Chunk): number {
    // The buffer of the last call may have been filled again since.
    this.#stacks.forgetBuffer();
    const base = fileOffset - start;
    let at = start;
    if (this.#text) at = this.#continueText(bytes, at, end, base);
    while (at < end && !this.#text) {
      const lineEnd = bytes.indexOf(newline, at);
      if (lineEnd < 0 || lineEnd >= end) return this.#beginText(bytes, at, end, base);
      const next = bytes[at];
      // Most lines by far are ticks.
      if (next === letterT && hasAt(bytes, at, lineEnd, "tick,")) {
        this.#readTick(bytes, view, at, withoutReturn(bytes, at, lineEnd));
      } else {
        if (next === letterC && hasAt(bytes, at, lineEnd, codeCreation)) {
          const next = this.#readCode(bytes, at, lineEnd, { end, isLast });
          if (next < 0) return at;
          at = next;
          continue;
        }
        this.#readRecord(bytes, at, withoutReturn(bytes, at, lineEnd), base);
      }
      at = lineEnd + 1;
    }
    return at;
  }

  /** Ends the log. `rest` is what stood behind its last line end. */
  finish(rest: number): void {
    // Half a text still has lines.
    this.#text?.reader.finish(this.#text.script, 0);
    if (rest > 0) {
      this.#builder.warn(
        "truncated-log",
        "The log ends in the middle of a record, which was left out.",
      );
    }
    if (this.#malformed > 0) {
      this.#builder.warn(
        "malformed-records",
        "Lines that are no records were left out.",
        this.#malformed,
      );
    }
    this.#endTimeline();
  }

  /** Counts a line that was too long to be read. */
  skipLine(): void {
    this.#malformed++;
  }

  #newIsolate(): Isolate {
    const isolate = new Isolate(this.#builder, this.#frames, this.#builtinBase);
    this.#isolates.push(isolate);
    return isolate;
  }

  #readTick(bytes: Buffer, view: DataView, start: number, end: number): void {
    const tick = this.#stacks.read(bytes, view, start, end);
    if (!tick) {
      this.#malformed++;
      return;
    }
    this.#records++;
    if (tick.overflow) {
      this.#builder.warn(
        "lost-samples",
        "V8's buffer of samples overflowed: samples before these ticks were lost.",
      );
    }
    this.#timeline.add(tick.node, tick.time);
  }

  #readRecord(bytes: Buffer, start: number, end: number, base: number): void {
    if (start === end) return;
    const nameEnd = fieldEnd(bytes, start, end);
    const name = bytes.toString("latin1", start, Math.min(nameEnd, start + 64));
    const understood = this.#dispatch(name, bytes, nameEnd + 1, end, base);
    if (understood) this.#records++;
    else this.#malformed++;
  }

  #dispatch(name: string, bytes: Buffer, fields: number, end: number, base: number): boolean {
    switch (name) {
      case "code-source-info":
        return this.#addSource(bytes, fields, end, base);
      case "script-source":
        return this.#addScript(bytes, fields, end, base);
      case "code-move":
        return this.#moveCode(bytes, fields, end);
      case "sfi-move":
        return this.#moveFunction(bytes, fields, end);
      case "code-delete":
        return this.#deleteCode(bytes, fields, end);
      case "shared-library":
        return this.#addLibrary(bytes, fields, end);
      case "new":
        return this.#addMemory(bytes, fields, end);
      case "profiler":
        return this.#profiler(bytes, fields, end);
      case "v8-version":
        return this.#beginIsolate(bytes, fields, end);
      case "v8-platform":
        this.#isolate.platform = bytes.toString("latin1", fields, fieldEnd(bytes, fields, end));
        return true;
    }
    if (ignored.has(name)) return true;
    if (fields > end || !recordName.test(name)) return false;
    this.#builder.warn("unknown-records", "Records of a kind that is not known were left out.");
    return true;
  }

  /**
   * Reads the code record whose first line is `[start, lineEnd)`. Line ends in its name are
   * joined up to the line with its mark, unless there is none or another record stands between.
   * @returns where the next line starts, or -1 to wait for more of the log.
   */
  #readCode(
    bytes: Buffer,
    start: number,
    firstEnd: number,
    { end, isLast }: Pick<Chunk, "end" | "isLast">,
  ): number {
    let record = parseCodeRecord(bytes, start, withoutReturn(bytes, start, firstEnd));
    let lineEnd = firstEnd;
    while (record === "cut") {
      const lineStart = lineEnd + 1;
      lineEnd = bytes.indexOf(newline, lineStart);
      const isMissing = lineEnd < 0 || lineEnd >= end;
      if (isMissing && !isLast && end - start <= maxRecordBytes) return -1;
      if (isMissing || lineEnd - start > maxRecordBytes) break;
      const textEnd = withoutReturn(bytes, start, lineEnd);
      if (
        hasAt(bytes, lineStart, lineEnd, codeCreation) &&
        typeof parseCodeRecord(bytes, lineStart, textEnd) === "object"
      ) {
        break;
      }
      record = parseCodeRecord(bytes, start, textEnd);
    }
    if (typeof record !== "object") {
      this.#malformed++;
      return firstEnd + 1;
    }
    this.#isolate.addCode(record);
    this.#records++;
    return lineEnd + 1;
  }

  /** `address,script,start,end,table,inlinings,functions` */
  #addSource(bytes: Buffer, fields: number, end: number, base: number): boolean {
    const addressEnd = fieldEnd(bytes, fields, end);
    const scriptEnd = fieldEnd(bytes, addressEnd + 1, end);
    const startEnd = fieldEnd(bytes, scriptEnd + 1, end);
    const endEnd = fieldEnd(bytes, startEnd + 1, end);
    const address = parseHex(bytes, fields, addressEnd);
    const scriptId = parseDecimal(bytes, addressEnd + 1, scriptEnd);
    const start = parseDecimal(bytes, scriptEnd + 1, startEnd);
    if (endEnd >= end || Number.isNaN(address + scriptId + start)) return false;
    let sfisStart = end;
    while (bytes[sfisStart - 1] !== comma) sfisStart--;
    const tableStart = endEnd + 1;
    const length = sfisStart - 1 - tableStart;
    // `,,`: no table, as for baseline code.
    const table = length > 2 ? { offset: base + tableStart, length } : undefined;
    const sfis = parseSfis(bytes, sfisStart, end);
    return this.#isolate.addSource(address, {
      script: this.#scriptOf(scriptId),
      start,
      table,
      sfis,
    });
  }

  /** A script may be referred to without, or before, its text. */
  #scriptOf(id: number): Script {
    let script = this.#isolate.scripts.get(id);
    if (!script) {
      script = new Script();
      this.#isolate.scripts.set(id, script);
    }
    return script;
  }

  /** `id,url,text` */
  #addScript(bytes: Buffer, fields: number, end: number, base: number): boolean {
    const begun = this.#beginScript(bytes, fields, end);
    if (!begun) return false;
    const { script, textStart } = begun;
    const text = new ScriptText();
    text.feed(bytes, textStart, end, base, true);
    text.finish(script, base + end);
    return true;
  }

  #beginScript(bytes: Buffer, fields: number, end: number) {
    const idEnd = fieldEnd(bytes, fields, end);
    const urlEnd = fieldEnd(bytes, idEnd + 1, end);
    const id = parseDecimal(bytes, fields, idEnd);
    if (Number.isNaN(id) || urlEnd >= end) return undefined;
    const script = this.#scriptOf(id);
    script.setName(bytes.toString("latin1", idEnd + 1, urlEnd));
    return { script, textStart: urlEnd + 1 };
  }

  /** A line without end: only a script's source may be longer than the buffer. */
  #beginText(bytes: Buffer, start: number, end: number, base: number): number {
    const marker = "script-source,";
    if (end - start < minStreamedBytes || !hasAt(bytes, start, end, marker)) return start;
    const begun = this.#beginScript(bytes, start + marker.length, end);
    if (!begun) return start;
    this.#text = { reader: new ScriptText(), script: begun.script };
    return this.#continueText(bytes, begun.textStart, end, base);
  }

  #continueText(bytes: Buffer, start: number, end: number, base: number): number {
    const { reader, script } = this.#text!;
    const lineEnd = bytes.indexOf(newline, start);
    if (lineEnd < 0 || lineEnd >= end) return reader.feed(bytes, start, end, base, false);
    reader.feed(bytes, start, lineEnd, base, true);
    reader.finish(script, base + lineEnd);
    this.#text = undefined;
    this.#records++;
    return lineEnd + 1;
  }

  #moveCode(bytes: Buffer, fields: number, end: number): boolean {
    const pair = addressPair(bytes, fields, end);
    if (pair) this.#isolate.moveCode(pair.from, pair.to);
    return pair !== undefined;
  }

  #moveFunction(bytes: Buffer, fields: number, end: number): boolean {
    const pair = addressPair(bytes, fields, end);
    if (pair) this.#isolate.moveFunction(pair.from, pair.to);
    return pair !== undefined;
  }

  #deleteCode(bytes: Buffer, fields: number, end: number): boolean {
    const address = parseHex(bytes, fields, fieldEnd(bytes, fields, end));
    if (!Number.isNaN(address)) this.#isolate.deleteCode(address);
    return !Number.isNaN(address);
  }

  /** `path,start,end[,slide]`; the path is escaped byte by byte. */
  #addLibrary(bytes: Buffer, fields: number, end: number): boolean {
    const path = unescapePath(bytes.toString("latin1", fields, fieldEnd(bytes, fields, end)));
    const numbers = bytes
      .toString("latin1", fieldEnd(bytes, fields, end) + 1, end)
      .split(",")
      .map(Number);
    const [from, to, slide = 0] = numbers;
    if (path === "" || !(to! > from!) || Number.isNaN(slide)) return false;
    const name = Buffer.from(path, "latin1").toString("utf8");
    this.#isolate.libraries.add(name, from!, to!, slide);
    return true;
  }

  #addMemory(bytes: Buffer, fields: number, end: number): boolean {
    if (!hasAt(bytes, fields, end, "CodeRange,")) return true;
    const start = fields + "CodeRange,".length;
    const address = parseHex(bytes, start, fieldEnd(bytes, start, end));
    if (!Number.isNaN(address)) this.#isolate.builtins.codeRange(address);
    return !Number.isNaN(address);
  }

  #profiler(bytes: Buffer, fields: number, end: number): boolean {
    const [event, interval] = bytes.toString("latin1", fields, end).split(",");
    if (event === "end") this.#openProfilers--;
    if (event === "begin") {
      this.#openProfilers++;
      this.#interval = Number(interval) || 0;
      this.#timeline.interval = this.#interval;
    }
    return true;
  }

  /** `major,minor,build,patch[,embedder],candidate`: the first record of every isolate. */
  #beginIsolate(bytes: Buffer, fields: number, end: number): boolean {
    const parts = bytes.toString("latin1", fields, end).split(",");
    const embedder = parts[4]?.startsWith("-") ? parts[4] : "";
    this.#version = parts.slice(0, 4).join(".") + embedder;
    if (this.#records === 0) return true;
    if (this.#openProfilers > 0) {
      // It writes between the lines of one that still runs: in one process addresses are unique.
      this.#timeline.addTrack();
      return true;
    }
    this.#endTimeline();
    this.#isolate = this.#newIsolate();
    this.#stacks = new Stacks(this.#builder, this.#isolate);
    this.#timeline = new Timeline(this.#builder, this.#threads);
    return true;
  }

  #endTimeline(): void {
    this.#timeline.finish();
    for (let i = 0; i < this.#timeline.threads; i++) {
      const kind = i > 0 || this.#isolate.isWorker ? "Worker" : "Main";
      const name = this.#threads === 0 ? kind : `${kind} ${this.#threads}`;
      this.#builder.thread({ id: this.#threads, name });
      this.#threads++;
    }
  }
}

function withoutReturn(bytes: Uint8Array, start: number, end: number): number {
  return end > start && bytes[end - 1] === 13 ? end - 1 : end;
}

function addressPair(bytes: Uint8Array, start: number, end: number) {
  const fromEnd = fieldEnd(bytes, start, end);
  const from = parseHex(bytes, start, fromEnd);
  const to = parseHex(bytes, fromEnd + 1, fieldEnd(bytes, fromEnd + 1, end));
  return Number.isNaN(from + to) ? undefined : { from, to };
}

/** `S0x1fS0x2e…` */
function parseSfis(bytes: Buffer, start: number, end: number): readonly number[] {
  const sfis: number[] = [];
  while (start < end && bytes[start] === letterS) {
    const next = bytes.indexOf(letterS, start + 1);
    const sfiEnd = next < 0 || next > end ? end : next;
    sfis.push(parseHex(bytes, start + 1, sfiEnd));
    start = sfiEnd;
  }
  return sfis;
}
