/**
 * One log that is followed, inside the thread: looks at it, moves what is old to the file of kept
 * records, gives space back. The log itself is only ever read, and punched where it was kept.
 */
import { closeSync, fstatSync, mkdirSync, openSync, readSync, writeSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { describeFileFault } from "../../toolchain/file-fault.ts";
import { dropTicks } from "./drop-ticks.ts";
import { fileId, fileIdAt } from "./file-id.ts";
import { type FollowReason, type FollowState, followReasons, newState } from "./follow-state.ts";
import { keptFile, readKeptState, removeKept, writeKeptState } from "./kept-state.ts";
import type { FollowedFile } from "./protocol.ts";
import { punchHole } from "./punch-hole.ts";
import { type FilePart, wholeLines, writeParts } from "./snapshot.ts";

const logHead = "v8-version,";
const blockBytes = 1 << 20;
/** What a disk gives back at once. The first one stays, so that the log is still known as one. */
const pageBytes = 4096;
const witnessBytes = 64;

/** All followers share them: nothing waits while they are in use. */
const readBuffer = Buffer.allocUnsafe(blockBytes);
const keptBuffer = Buffer.allocUnsafe(blockBytes);

export class Following {
  readonly #file: FollowedFile;
  readonly #onState: (state: FollowState) => void;
  #state: FollowState = newState;
  #log: FileHandle | undefined;
  /** Of the log. */
  #id = "";
  #kept = -1;
  #isKnownLog = false;
  #insideLine = false;
  #punchedTo = 0;
  #isLogLost = false;
  /** How long the log was when, newest last. */
  readonly #marks: { readonly at: number; readonly size: number }[] = [];
  /** Bytes before the end that was seen last: they change only when the file begins anew. */
  #witness: { readonly bytes: Buffer; readonly at: number } | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** One thing after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(file: FollowedFile, onState: (state: FollowState) => void) {
    this.#file = file;
    this.#onState = onState;
  }

  /** Looks for the first time, and from then on by itself. */
  async begin(): Promise<void> {
    await this.#inTurn(async () => {
      await this.#open();
      await this.#look();
    });
    this.#onState(this.#state);
    this.#lookLater();
  }

  async snapshot(output: string, signal: AbortSignal): Promise<FollowState> {
    await this.#inTurn(async () => {
      await this.#look();
      const kept: FilePart[] = [];
      try {
        if (this.#state.keptBytes > 0) {
          const file = await open(keptFile(this.#file.folder));
          kept.push({ file, from: 0, to: this.#state.keptBytes });
        }
        const rest = this.#canBeRead ? [await wholeLines(this.#log!, this.#state.keptTo)] : [];
        await writeParts([...kept, ...rest], output, signal);
      } finally {
        await Promise.all(kept.map(({ file }) => file.close()));
      }
    });
    return this.#state;
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#inTurn(async () => {
      this.#end("stopped");
      await this.#log?.close();
      this.#log = undefined;
      if (this.#kept >= 0) closeSync(this.#kept);
      this.#kept = -1;
      removeKept(this.#file.folder);
    });
  }

  get #canBeRead(): boolean {
    return this.#isKnownLog && !this.#isLogLost && this.#state.reason !== "unreadable";
  }

  async #inTurn(task: () => Promise<void>): Promise<void> {
    const mine = this.#turn.then(task);
    this.#turn = mine.catch(() => {});
    await mine;
  }

  #lookLater(): void {
    if (this.#state.phase === "stopped") return;
    this.#timer = setTimeout(async () => {
      const before = this.#state;
      await this.#inTurn(() => this.#look());
      if (this.#state !== before) this.#onState(this.#state);
      this.#lookLater();
    }, this.#file.limits.everyMs);
  }

  async #open(): Promise<void> {
    const { path, folder } = this.#file;
    try {
      this.#log = await open(path);
      this.#id = fileId(this.#log.fd);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      this.#end(code === "ENOENT" ? "missing" : "unreadable", error);
      return;
    }
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      this.#resume();
      this.#kept = openSync(keptFile(folder), this.#state.keptBytes > 0 ? "r+" : "w+", 0o600);
      this.#note();
    } catch (error) {
      this.#end("no-room", error);
    }
  }

  /** Goes on where a follower of the same log has left off. */
  #resume(): void {
    const { path, folder } = this.#file;
    const before = readKeptState(folder);
    if (before?.path !== path || before.file !== this.#id || before.isLogLost) return;
    const { keptTo, keptBytes, droppedTicks } = before;
    this.#insideLine = before.insideLine;
    this.#punchedTo = before.punchedTo;
    this.#set({ keptTo, keptBytes, droppedTicks });
  }

  async #look(): Promise<void> {
    if (this.#state.phase === "stopped" || !this.#log) return;
    try {
      const size = this.#sizeNow(this.#log.fd);
      if (size === undefined) return;
      this.#moveOld(this.#log.fd, size);
      await this.#giveBack(this.#log.fd);
    } catch (error) {
      this.#end("unreadable", error);
    }
  }

  /** How long the log is; undefined when it is followed no longer. */
  #sizeNow(fd: number): number | undefined {
    const { size } = fstatSync(fd);
    if (this.#isCutShort(fd, size)) {
      this.#isLogLost = true;
      this.#end("truncated");
      this.#note();
      return undefined;
    }
    this.#set({ logBytes: size });
    const start = Math.max(0, size - witnessBytes);
    this.#witness = { bytes: readAt(fd, start, size - start), at: start };
    if (!this.#isKnownLog && !this.#knowLog(fd, size)) return undefined;
    const found = fileIdAt(this.#file.path);
    if (found === this.#id) return size;
    this.#end(found === undefined ? "deleted" : "rotated");
    return undefined;
  }

  /** An isolate that stands where another one stood begins the same file anew. */
  #isCutShort(fd: number, size: number): boolean {
    if (size < this.#state.keptTo) return true;
    if (!this.#witness) return false;
    const { bytes, at } = this.#witness;
    return !readAt(fd, at, bytes.length).equals(bytes);
  }

  #knowLog(fd: number, size: number): boolean {
    const head = readAt(fd, 0, logHead.length).toString("latin1");
    if (!logHead.startsWith(head)) {
      this.#end("not-a-log");
      return false;
    }
    if (head !== logHead) return true;
    const isPunched = size > pageBytes && readAt(fd, pageBytes, 1)[0] === 0;
    if (isPunched && this.#state.keptTo === 0) {
      this.#end("no-beginning");
      return false;
    }
    this.#isKnownLog = true;
    return true;
  }

  #moveOld(fd: number, size: number): void {
    const { recentMs, recentBytes } = this.#file.limits;
    const now = performance.now();
    this.#marks.push({ at: now, size });
    while (this.#marks.length > 1 && this.#marks[1]!.at <= now - recentMs) this.#marks.shift();
    const [oldest] = this.#marks;
    const oldTo = oldest!.at <= now - recentMs ? oldest!.size : 0;
    const target = Math.max(oldTo, size - recentBytes);
    const { keptTo } = this.#state;
    while (this.#state.keptTo < target && this.#moveBlock(fd, target)) {}
    if (this.#state.keptTo > keptTo) this.#note();
  }

  /** False when there is nothing whole to move, or no room for it. */
  #moveBlock(fd: number, target: number): boolean {
    const { keptTo, keptBytes, droppedTicks } = this.#state;
    const wanted = Math.min(blockBytes, target - keptTo);
    const count = readSync(fd, readBuffer, 0, wanted, keptTo);
    const bytes = readBuffer.subarray(0, count);
    const { kept, taken, insideLine, ticks } = dropTicks(bytes, keptBuffer, this.#insideLine);
    if (taken === 0) return false;
    if (keptBytes + kept > this.#file.limits.keptBytes) {
      this.#end("kept-limit");
      return false;
    }
    try {
      // Where it belongs, whatever a crash or a full disk has left behind.
      for (let done = 0; done < kept; ) {
        done += writeSync(this.#kept, keptBuffer, done, kept - done, keptBytes + done);
      }
    } catch (error) {
      this.#end("no-room", error);
      return false;
    }
    this.#insideLine = insideLine;
    this.#set({
      keptTo: keptTo + taken,
      keptBytes: keptBytes + kept,
      droppedTicks: droppedTicks + ticks,
    });
    return true;
  }

  async #giveBack(fd: number): Promise<void> {
    const { punchBytes, logBytes } = this.#file.limits;
    const from = Math.max(this.#punchedTo, pageBytes);
    // What the next look compares stays as it is.
    const last = Math.min(this.#state.keptTo, this.#witness?.at ?? 0);
    const to = last - (last % pageBytes);
    if (to - from >= punchBytes) {
      const before = this.#punchedTo;
      this.#punchedTo = to;
      // Before it is done: who reads the log meanwhile must know.
      if (!this.#note()) return;
      const punching = await punchHole(fd, { from, to });
      if (punching !== "works") this.#punchedTo = before;
      const punchedBytes = this.#state.punchedBytes + (punching === "works" ? to - from : 0);
      this.#set({ punching, punchedBytes });
    }
    const { punching, punchedBytes } = this.#state;
    const isStuck = punching === "no-tool" || punching === "unsupported";
    if (isStuck && this.#state.logBytes - punchedBytes > logBytes) this.#end("log-limit");
  }

  /** False when it could not be written. */
  #note(): boolean {
    const { path, folder } = this.#file;
    const { keptTo, keptBytes, droppedTicks } = this.#state;
    try {
      writeKeptState(folder, {
        format: "hangscope-follow",
        version: 1,
        path,
        file: this.#id,
        keptTo,
        keptBytes,
        insideLine: this.#insideLine,
        droppedTicks,
        punchedTo: this.#punchedTo,
        isLogLost: this.#isLogLost,
      });
      return true;
    } catch (error) {
      this.#end("no-room", error);
      return false;
    }
  }

  #end(reason: FollowReason, error?: unknown): void {
    if (this.#state.phase === "stopped") return;
    const text = followReasons[reason];
    const message =
      error === undefined ? text : `${text.slice(0, -1)}: ${describeFileFault(error)}.`;
    this.#set({ phase: "stopped", reason, message });
  }

  #set(change: Partial<FollowState>): void {
    const changed = { ...this.#state, ...change };
    if (!isDeepStrictEqual(changed, this.#state)) this.#state = changed;
  }
}

function readAt(fd: number, at: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  return buffer.subarray(0, readSync(fd, buffer, 0, length, at));
}
