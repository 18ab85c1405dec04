/** Looks after the processes of one session, once a second. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type PQueue from "p-queue";
import type {
  CapturedHang,
  SessionWatch,
  WatchedSession,
  WatchResult,
} from "../../capture/session-watch.ts";
import { beatsFolder } from "../../capture/v8/shim.ts";
import { captureUnresponsive } from "./capture-unresponsive.ts";
import { FollowedLogs } from "./followed-logs.ts";
import type { WatchServices } from "./hang-watch.ts";
import { ObservedClock } from "./observed-clock.ts";
import { ProcessNotes } from "./process-notes.ts";
import { WatchedProcess } from "./watched-process.ts";

const everyMs = 1_000;
const longestGapMs = 2 * everyMs;
/** A program that hangs more often needs no more evidence. */
const mostHangs = 50;

interface Services extends WatchServices {
  readonly queue: PQueue;
}

export class SessionWatcher implements SessionWatch {
  readonly #session: WatchedSession;
  readonly #services: Services;
  readonly #beats: string;
  readonly #logs: FollowedLogs;
  readonly #notes: ProcessNotes;
  readonly #clock = new ObservedClock(longestGapMs);
  readonly #processes = new Map<number, WatchedProcess>();
  readonly #hangs: CapturedHang[] = [];
  readonly #problems = new Set<string>();
  #missed = 0;
  readonly #capturing = new Set<Promise<void>>();
  readonly #leave = new AbortController();
  /** One look after the other. */
  #turn: Promise<void> = Promise.resolve();
  #isFirstLook = true;
  #isSettled = false;
  #isClearing = false;

  static start(session: WatchedSession, services: Services): SessionWatcher {
    const watcher = new SessionWatcher(session, services);
    void watcher.#watch();
    return watcher;
  }

  private constructor(session: WatchedSession, services: Services) {
    this.#session = session;
    this.#services = services;
    this.#beats = join(session.directory, beatsFolder);
    this.#logs = new FollowedLogs(session.directory);
    this.#notes = new ProcessNotes(session.directory);
  }

  get isNeeded(): boolean {
    return this.#processes.size > 0 && !this.#leave.signal.aborted;
  }

  async settle(): Promise<WatchResult> {
    this.#isSettled = true;
    await Promise.all(this.#capturing);
    const { afterMs } = this.#session;
    return {
      hangs: this.#hangs,
      warnings: [
        ...(this.#missed > 0 ? [missedText(this.#missed, afterMs)] : []),
        ...this.#problems,
      ],
    };
  }

  /** What still runs writes its logs: they are followed on until it ends. */
  async clear(): Promise<void> {
    this.#isClearing = true;
    await this.#look();
  }

  async abandon(): Promise<void> {
    this.#isSettled = true;
    this.#leave.abort();
    await this.#turn;
    await Promise.all(this.#capturing);
  }

  async #watch(): Promise<void> {
    const { signal } = this.#leave;
    while (!signal.aborted) {
      await this.#look();
      await sleep(everyMs, undefined, { ref: false, signal }).catch(() => {});
    }
  }

  #look(): Promise<void> {
    this.#turn = this.#turn
      .then(() => this.#lookNow())
      .catch((error: Error) => this.#services.log.warn(`watching: ${error.stack}`));
    return this.#turn;
  }

  async #lookNow(): Promise<void> {
    if (this.#leave.signal.aborted) return;
    for (const found of [...this.#processes.values()]) {
      await found.look();
      if (found.hasEnded) await this.#forget(found.pid);
      else if (!this.#isSettled && found.isDue(this.#session.afterMs)) this.#notice(found);
    }
    await this.#findProcesses();
    await this.#logs.look();
    if (this.#isClearing && this.#processes.size === 0) await this.#remove();
  }

  async #findProcesses(): Promise<void> {
    const isNew = !(this.#isFirstLook && this.#session.isAdopted);
    this.#isFirstLook = false;
    for (const name of await readdir(this.#beats).catch(() => [])) {
      const pid = Number(name);
      if (this.#processes.has(pid)) continue;
      const file = join(this.#beats, name);
      const note = await this.#notes.read(pid);
      const found = await WatchedProcess.find({ pid, file, isNew }, this.#clock, note);
      if (found) {
        this.#processes.set(pid, found);
        if (isNew) await this.#notes.write(pid, { startTime: found.startTime });
      } else await this.#forget(pid);
    }
  }

  /** Another process may get its pid. */
  async #forget(pid: number): Promise<void> {
    this.#processes.delete(pid);
    await rm(join(this.#beats, String(pid)), { force: true });
    await this.#notes.remove(pid);
  }

  async #remove(): Promise<void> {
    this.#leave.abort();
    await this.#logs.stop();
    await rm(this.#session.directory, { recursive: true, force: true, maxRetries: 3 });
  }

  #notice(found: WatchedProcess): void {
    found.handle();
    const work = this.#services.queue
      .add(() => this.#capture(found))
      .catch((error: Error) => {
        if (this.#leave.signal.aborted) return;
        this.#services.log.warn(`process ${found.pid} hangs: ${error.message}`);
        this.#problems.add(`A hang could not be captured: ${error.message}`);
      })
      .finally(() => this.#capturing.delete(work));
    this.#capturing.add(work);
  }

  async #capture(found: WatchedProcess): Promise<void> {
    // Others may have been captured before.
    await found.look();
    const { pid, silentMs: unresponsiveMs } = found;
    if (found.hasEnded || this.#isSettled || !(await found.isItself())) return;
    if (unresponsiveMs < this.#session.afterMs) {
      this.#missed++;
      return;
    }
    if (this.#hangs.length >= mostHangs) {
      this.#problems.add(`Only the first ${mostHangs} hangs were captured.`);
      return;
    }
    const { signal } = this.#leave;
    const { startTime, lastBeat: handledBeat } = found;
    const hang = { pid, unresponsiveMs };
    const noticed = await captureUnresponsive(hang, this.#session, this.#services, signal);
    if (noticed.kind === "held") found.excuse();
    if (noticed.kind === "over") this.#missed++;
    if (noticed.kind !== "captured") return;
    await this.#notes.write(pid, { startTime, handledBeat });
    this.#hangs.push(noticed.hang);
    this.#session.onHang(noticed.hang);
  }
}

function missedText(times: number, afterMs: number): string {
  const seconds = afterMs / 1000;
  const often = times === 1 ? "Once" : `${times} times`;
  return `${often} a main thread did not respond for ${seconds} s, and went on before it could be looked at.`;
}
