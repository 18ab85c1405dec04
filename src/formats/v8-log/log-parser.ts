/** Takes a log apart, line by line: what each record is, and what it changes. */
import type { ProfileBuilder } from "../../profile/builder.ts";
import type { Chunk } from "../file-chunks.ts";
import { fieldEnd, hasAt, newline, shortText } from "./bytes.ts";
import type { CodeFrames } from "./code-frames.ts";
import { codeCreation, readCodeLines, withoutReturn } from "./code-lines.ts";
import { Isolates } from "./isolates.ts";
import {
  parseAddress,
  parseCodeRange,
  parseLibrary,
  parseMove,
  parseScriptHead,
  parseSource,
  parseVersion,
} from "./records.ts";
import { type Script, ScriptText } from "./script.ts";
import type { SourceTables } from "./source-tables.ts";

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

const usualRecords = ["code-source-info", "code-delete", "delete", "new", "code-move", "sfi-move"];

/** Shorter sources are not worth a streamed read. */
const minStreamedBytes = 64 * 1024;

const letterC = 99;
const letterT = 116;
const scriptSource = "script-source,";
const recordName = /^[a-zA-Z][\w-]*$/;

export class LogParser {
  readonly #builder: ProfileBuilder;
  readonly #isolates: Isolates;
  readonly #tables: SourceTables;
  /** The script whose source is longer than the buffer and not at its end yet. */
  #text: { readonly reader: ScriptText; readonly script: Script } | undefined;
  #records = 0;
  #malformed = 0;
  #version = "";
  #interval = 0;

  constructor(
    builder: ProfileBuilder,
    frames: CodeFrames,
    tables: SourceTables,
    builtinBase?: number,
  ) {
    this.#builder = builder;
    this.#tables = tables;
    this.#isolates = new Isolates(builder, frames, builtinBase);
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

  /** See `Isolates`. */
  betterBuiltinBase(): number | undefined {
    return this.#isolates.betterBuiltinBase();
  }

  /**
   * Takes the whole lines of a chunk, and the beginning of a script's text that is longer than it.
   * @param isLast whether the file ends with it
   * @returns the index of the first byte not taken.
   */
  feed({ bytes, view, start, end, fileOffset }: Chunk, isLast: boolean): number {
    // The buffer of the last call may have been filled again since.
    this.#isolates.stacks.forgetBuffer();
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
    this.#isolates.end();
  }

  /** Counts a line that was too long to be read. */
  skipLine(): void {
    this.#malformed++;
  }

  #readTick(bytes: Buffer, view: DataView, start: number, end: number): void {
    const tick = this.#isolates.stacks.read(bytes, view, start, end);
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
    this.#isolates.timeline.add(tick.node, tick.time);
  }

  /** @returns where the next line starts, or -1 to wait for more of the log. */
  #readCode(
    bytes: Buffer,
    start: number,
    firstEnd: number,
    available: { readonly end: number; readonly isLast: boolean },
  ): number {
    const lines = readCodeLines(bytes, start, firstEnd, available);
    if (!lines) return -1;
    if (lines.record) {
      this.#isolates.current.addCode(lines.record);
      this.#records++;
    } else {
      this.#malformed++;
    }
    return lines.next;
  }

  #readRecord(bytes: Buffer, start: number, end: number, base: number): void {
    if (start === end) return;
    const nameEnd = fieldEnd(bytes, start, end);
    const name = shortText(bytes, start, Math.min(nameEnd, start + 64), usualRecords);
    if (this.#apply(name, bytes, nameEnd + 1, end, base)) this.#records++;
    else this.#malformed++;
  }

  /** False when the record's fields are not what its name promises. */
  #apply(name: string, bytes: Buffer, start: number, end: number, base: number): boolean {
    const isolate = this.#isolates.current;
    switch (name) {
      case "code-source-info": {
        const source = parseSource(bytes, start, end, base);
        if (!source) return false;
        const { table } = source;
        if (table) {
          const from = table.offset - base;
          this.#tables.keep(table, bytes.subarray(from, from + table.length));
        }
        return isolate.addSource(source);
      }
      case "script-source": {
        const head = this.#beginScript(bytes, start, end);
        if (!head) return false;
        const reader = new ScriptText();
        reader.feed(bytes, head.textStart, end, base, true);
        reader.finish(head.script, base + end);
        return true;
      }
      case "code-move": {
        const move = parseMove(bytes, start, end);
        if (move) isolate.moveCode(move.from, move.to);
        return move !== undefined;
      }
      case "sfi-move": {
        const move = parseMove(bytes, start, end);
        if (move) isolate.moveFunction(move.from, move.to);
        return move !== undefined;
      }
      case "code-delete": {
        const address = parseAddress(bytes, start, end);
        if (address !== undefined) isolate.deleteCode(address);
        return address !== undefined;
      }
      case "shared-library": {
        const library = parseLibrary(bytes, start, end);
        if (library) isolate.addLibrary(library);
        return library !== undefined;
      }
      case "new": {
        const range = parseCodeRange(bytes, start, end);
        if (range !== undefined) isolate.codeRange(range);
        return true;
      }
      case "profiler":
        this.#profiler(bytes.toString("latin1", start, end));
        return true;
      case "v8-version":
        this.#version = parseVersion(bytes, start, end);
        if (this.#records > 0) this.#isolates.begin();
        return true;
      case "v8-platform":
        isolate.platform = bytes.toString("latin1", start, fieldEnd(bytes, start, end));
        return true;
    }
    if (ignored.has(name)) return true;
    if (start > end || !recordName.test(name)) return false;
    this.#builder.warn("unknown-records", "Records of a kind that is not known were left out.");
    return true;
  }

  /** `begin,<interval>` or `end` */
  #profiler(fields: string): void {
    const [event, interval] = fields.split(",");
    if (event === "end") this.#isolates.endProfiler();
    if (event !== "begin") return;
    this.#interval = Math.max(Number(interval) || 0, 0);
    this.#isolates.beginProfiler(this.#interval);
  }

  #beginScript(bytes: Buffer, start: number, end: number) {
    const head = parseScriptHead(bytes, start, end);
    if (!head) return undefined;
    const script = this.#isolates.current.addScript(head.id, head.loggedUrl);
    return { script, textStart: head.textStart };
  }

  /** A line without end: only a script's source may be longer than the buffer. */
  #beginText(bytes: Buffer, start: number, end: number, base: number): number {
    const isLong = end - start >= minStreamedBytes;
    if (!isLong || !hasAt(bytes, start, end, scriptSource)) return start;
    const head = this.#beginScript(bytes, start + scriptSource.length, end);
    if (!head) return start;
    this.#text = { reader: new ScriptText(), script: head.script };
    return this.#continueText(bytes, head.textStart, end, base);
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
}
