/** What the processes of a recording do, millisecond by millisecond. */
import type { RunningProcess } from "../scenario-types.ts";
import {
  decoding,
  elsewhere,
  idling,
  measuring,
  parsing,
  rendering,
  type Stack,
  waiting,
} from "./stuck-app.ts";

export interface Thread {
  readonly process: RunningProcess;
  readonly tid: number;
  readonly isMain: boolean;
}

export interface Sample {
  readonly timeNs: number;
  readonly thread: Thread;
  readonly core: number;
  readonly stack: Stack;
}

export interface Hang {
  readonly startNs: number;
  readonly durationNs: number;
  readonly type: string;
  readonly thread: Thread;
}

/** Milliseconds. */
interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly thread: Thread;
  readonly core: number;
  readonly stackAt: (ms: number) => Stack;
  /** 1: every millisecond. */
  readonly every?: number;
}

export const durationMs = 6_000;

/**
 * The main thread's hangs. In the second it waits: hardly a sample of it falls into that time, and
 * the reason is in a worker's samples.
 */
const hangTimes = [
  { from: 250, to: 2_650, type: "Severe Hang" },
  { from: 3_400, to: 4_020, type: "Hang" },
  { from: 4_700, to: 5_010, type: "Microhang" },
] as const;
const strangerHang = { from: 900, to: 2_400, type: "Hang" } as const;

function threadsOf(process: RunningProcess): { main: Thread; workers: Thread[] } {
  const thread = (n: number): Thread => ({ process, tid: process.pid * 64 + n, isMain: n === 0 });
  return { main: thread(0), workers: [thread(1), thread(2)] };
}

function pick(stacks: readonly Stack[], shares: readonly number[]): (ms: number) => Stack {
  const turns = shares.flatMap((share, i) => Array.from({ length: share }, () => stacks[i]!));
  return (ms) => turns[ms % turns.length]!;
}

/** A program that is stuck, as the example's is. */
function stuck(process: RunningProcess): Stretch[] {
  const { main, workers } = threadsOf(process);
  const [worker, parser] = workers as [Thread, Thread];
  return [
    { from: 250, to: 2_650, thread: main, core: 4, stackAt: pick(decoding, [5, 2, 2, 1]) },
    { from: 2_650, to: 3_400, thread: main, core: 4, stackAt: () => idling, every: 50 },
    { from: 3_400, to: 3_402, thread: main, core: 5, stackAt: () => waiting },
    { from: 3_700, to: 4_010, thread: parser, core: 1, stackAt: () => parsing },
    { from: 4_018, to: 4_020, thread: main, core: 5, stackAt: () => waiting },
    { from: 4_700, to: 5_010, thread: main, core: 4, stackAt: pick(measuring, [1, 1]) },
    { from: 5_010, to: durationMs, thread: main, core: 4, stackAt: () => idling, every: 50 },
    { from: 300, to: 1_800, thread: worker, core: 0, stackAt: pick(rendering, [3, 1]) },
  ];
}

function busyElsewhere(process: RunningProcess): Stretch[] {
  const { main } = threadsOf(process);
  return [{ from: 900, to: 2_400, thread: main, core: 6, stackAt: () => elsewhere }];
}

export interface Cast {
  readonly app: RunningProcess;
  readonly strangers: readonly RunningProcess[];
}

/** In the order of time; several threads may share a moment. */
export function* samplesOf({ app, strangers }: Cast): Generator<Sample> {
  const stretches = [...stuck(app), ...strangers.slice(0, 1).flatMap(busyElsewhere)];
  for (let ms = 0; ms < durationMs; ms++) {
    for (const { from, to, every = 1, thread, core, stackAt } of stretches) {
      if (ms < from || ms >= to || (ms - from) % every !== 0) continue;
      yield { timeNs: ms * 1_000_000 + 104_166, thread, core, stack: stackAt(ms) };
    }
  }
}

export function hangsOf({ app, strangers }: Cast): Hang[] {
  const hang = (
    thread: Thread,
    { from, to, type }: (typeof hangTimes)[number] | typeof strangerHang,
  ) => ({
    startNs: from * 1_000_000,
    durationNs: (to - from) * 1_000_000,
    type,
    thread,
  });
  const { main } = threadsOf(app);
  const own = hangTimes.map((times) => hang(main, times));
  const others = strangers.slice(0, 1).map((each) => hang(threadsOf(each).main, strangerHang));
  return [...own, ...others].sort((a, b) => a.startNs - b.startNs);
}
