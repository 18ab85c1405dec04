/** What the view of runners shows: devices with the state of their runner, and what is cached. */
import type { ListedEntry } from "./cache/prune.ts";
import { type Choice, placeKey } from "./choices.ts";
import { profiles } from "./platforms.ts";
import type { Phase, Prepared } from "./prepare-result.ts";
import type { RunnerState } from "./provider.ts";

/** What servers tell. */
export interface Inventory {
  readonly choices: readonly Choice[];
  readonly runners: readonly RunnerState[];
  /** Last used first. */
  readonly entries: readonly ListedEntry[];
}

/** What became of the last preparation of a place in this window, by `placeKey`. */
export type Attempt =
  | { readonly kind: "preparing"; readonly phase: Phase | undefined }
  | { readonly kind: "prepared"; readonly result: Prepared }
  | { readonly kind: "failed"; readonly reason: string };

export type DestinationState =
  | { readonly kind: "preparing"; readonly phase: Phase | undefined }
  | {
      readonly kind: "ready" | "busy" | "silent";
      readonly runner: RunnerState;
      /** How it came up, where this window has seen it. */
      readonly result?: Prepared;
    }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "stopped" };

export interface DestinationRow {
  readonly kind: "destination";
  readonly choice: Choice;
  readonly state: DestinationState;
}

export interface EntryRow {
  readonly kind: "entry";
  readonly entry: ListedEntry;
  /** `iOS Simulator`; the folder's name for what cannot be read. */
  readonly title: string;
  /** A runner runs from it. */
  readonly inUse: boolean;
}

export function destinationRows(
  { choices, runners }: Inventory,
  attempts: ReadonlyMap<string, Attempt>,
): DestinationRow[] {
  return choices.map((choice) => {
    const runner = runners.find(
      ({ platform, device }) => platform === choice.platform && device === choice.device,
    );
    const state = stateOf(runner, attempts.get(placeKey(choice)));
    return { kind: "destination", choice, state };
  });
}

/** What runs now counts for more than what failed before. */
function stateOf(runner: RunnerState | undefined, attempt: Attempt | undefined): DestinationState {
  if (attempt?.kind === "preparing") return attempt;
  if (runner && runner.state !== "gone") {
    const isIts =
      attempt?.kind === "prepared" && attempt.result.runner.instance === runner.instance;
    return { kind: runner.state, runner, ...(isIts && { result: attempt.result }) };
  }
  return attempt?.kind === "failed" ? attempt : { kind: "stopped" };
}

export function entryRows({ entries, runners }: Inventory): EntryRow[] {
  const running = new Set(runners.filter(({ state }) => state !== "gone").map(({ key }) => key));
  return entries.map((entry) => {
    const { key, metadata } = entry;
    const profile = profiles.find(({ family }) => family === metadata?.family);
    const title = profile?.destination ?? metadata?.family ?? key.slice(0, 12);
    return { kind: "entry", entry, title, inUse: running.has(key) };
  });
}
