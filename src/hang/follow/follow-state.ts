/** How a follower fares, and its limits. */

/** Why a log is followed no longer. What was kept of it stays, unless the reason says otherwise. */
export const followReasons = {
  missing: "There is no such log.",
  "not-a-log": "The file is no log of V8's.",
  "no-beginning": "The log's beginning is gone, and with it what its addresses mean.",
  unreadable: "The log cannot be read.",
  deleted: "The log was deleted. What its process has written so far can still be read.",
  rotated: "Another file took the log's place. What was written to the log can still be read.",
  truncated: "The log was cut short. What was kept of it before is all that is left.",
  "log-limit":
    "The log has reached its limit, and no space can be given back on this system or disk.",
  "kept-limit": "What must be kept of the log has reached its limit.",
  "no-room": "What must be kept of the log could not be written.",
  "thread-ended": "The thread that follows logs has ended.",
  stopped: "It is followed no longer, because nobody wants it to be.",
} as const satisfies Record<string, string>;
export type FollowReason = keyof typeof followReasons;

export interface FollowLimits {
  /** Milliseconds between two looks at the log. */
  readonly everyMs: number;
  /** Milliseconds that a line stays where it is, with its tick. */
  readonly recentMs: number;
  /** Bytes of the log that stay at most, however recent. */
  readonly recentBytes: number;
  /** Space is given back when there is so much of it. */
  readonly punchBytes: number;
  /** Of a log whose space cannot be given back. */
  readonly logBytes: number;
  /** Of what is kept of a log: its records without its ticks. */
  readonly keptBytes: number;
}

const megabyte = 1024 * 1024;

export const usualLimits: FollowLimits = {
  everyMs: 1_000,
  recentMs: 30_000,
  recentBytes: 64 * megabyte,
  punchBytes: 4 * megabyte,
  logBytes: 1024 * megabyte,
  keptBytes: 512 * megabyte,
};

/** `untried` while there was not enough to give back. */
export type Punching = "untried" | "works" | "no-tool" | "unsupported";

export interface FollowState {
  readonly phase: "following" | "stopped";
  /** Why it stopped. */
  readonly reason?: FollowReason;
  /** One sentence for a person: of the reason. */
  readonly message?: string;
  /** Of the log, as long as it would be. */
  readonly logBytes: number;
  /** Of what is kept of it. */
  readonly keptBytes: number;
  /** Up to where the log's lines were moved to what is kept; from there on they stand in the log. */
  readonly keptTo: number;
  /** Ticks that were too old to be kept. */
  readonly droppedTicks: number;
  readonly punching: Punching;
  /** Bytes given back to the disk. */
  readonly punchedBytes: number;
}

export const newState: FollowState = {
  phase: "following",
  logBytes: 0,
  keptBytes: 0,
  keptTo: 0,
  droppedTicks: 0,
  punching: "untried",
  punchedBytes: 0,
};
