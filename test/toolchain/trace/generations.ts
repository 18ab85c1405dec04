/** How exports differ between versions of Xcode. */
import { isAtLeast } from "../xcode.ts";

/**
 * - `addresses`: only the leaf has a name, the rest are decimal addresses.
 * - `frames`: a backtrace of frames. - `tagged`: the same inside a tagged backtrace.
 * - `tagged-frames`: frames directly in a tagged backtrace.
 */
export type StackShape = "addresses" | "frames" | "tagged" | "tagged-frames";

export interface Generation {
  readonly stacks: StackShape;
  /** The engineering type of the column that holds them. */
  readonly stackType: "backtrace" | "tagged-backtrace";
  readonly threadName: (name: string, tid: string, process: string, pid: number) => string;
  /** Whether a process names its device session. */
  readonly deviceSession: boolean;
}

const generations: readonly (Generation & { readonly from: string })[] = [
  {
    from: "27.0",
    stacks: "tagged-frames",
    stackType: "tagged-backtrace",
    threadName: (name, tid, process, pid) => `${name} (${tid}) (${process}, pid: ${pid})`,
    deviceSession: false,
  },
  {
    from: "26.4",
    stacks: "tagged",
    stackType: "tagged-backtrace",
    threadName: (name, tid, process, pid) => `${name} (${tid}) (${process}, pid: ${pid})`,
    deviceSession: false,
  },
  {
    from: "14.3",
    stacks: "frames",
    stackType: "backtrace",
    threadName: (name, tid, process, pid) => `${name} ${tid} (${process}, pid: ${pid})`,
    deviceSession: true,
  },
  {
    from: "0",
    stacks: "addresses",
    stackType: "backtrace",
    threadName: (name, tid, process, pid) => `${name}  ${tid} (${process}, pid: ${pid})`,
    deviceSession: true,
  },
];

export function generationOf(xcode: string): Generation {
  return generations.find(({ from }) => isAtLeast(xcode, from))!;
}
