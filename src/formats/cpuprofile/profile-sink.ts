/** What a CPU profile consists of, in whichever order and pieces a file tells it. */

/** A node as the file has it: absent fields keep the values of `newNode`. */
export interface FileNode {
  /** `NaN` when absent: such a node cannot be referred to. */
  id: number;
  /** Chrome's traces link to the parent, `.cpuprofile` files to the children. */
  parent: number | undefined;
  hasName: boolean;
  name: string;
  url: string;
  /** 0-based, -1 when unknown. */
  lineNumber: number;
  columnNumber: number;
  hitCount: number;
  children: number[];
  /** Line (1-based) and ticks in turns. */
  positionTicks: number[];
}

/** All times in microseconds on the file's own clock. */
export interface ProfileSink {
  node(node: FileNode): void;
  /** The id of the sample's node. */
  sample(id: number): void;
  /** Time since the sample before; for the first, since the start. */
  delta(microseconds: number): void;
  startTime(microseconds: number): void;
  endTime(microseconds: number): void;
}

export function newNode(): FileNode {
  return {
    id: Number.NaN,
    parent: undefined,
    hasName: false,
    name: "",
    url: "",
    lineNumber: -1,
    columnNumber: -1,
    hitCount: 0,
    children: [],
    positionTicks: [],
  };
}
