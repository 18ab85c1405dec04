/** Which strategy a target is recorded with: one table, by its kind and the version of Xcode. */
import { CaptureError } from "../capture-error.ts";
import type { Strategy } from "./strategies.ts";
import { isAtLeast, type XcodeVersion } from "./xcode.ts";

/** Where a target runs. */
export type Place = "mac" | "simulator" | "device";

export const templates = {
  cpu: { name: "CPU Profiler", hostWide: true },
  "cpu-hangs": { name: "Time Profiler", hostWide: true },
  leaks: { name: "Leaks", hostWide: false },
} as const;
export type TemplateName = keyof typeof templates;

interface Rule {
  readonly places: readonly Place[];
  /** The first Xcode that it holds for. */
  readonly from: XcodeVersion;
  readonly strategy: Strategy;
  readonly reason: string;
}

/** The first that fits is taken. */
const rules: readonly Rule[] = [
  {
    places: ["simulator"],
    from: [26, 4],
    strategy: "host-wide",
    reason: "from Xcode 26.4 on, recording a simulator's process alone hangs at its start",
  },
  {
    places: ["mac", "simulator", "device"],
    from: [0],
    strategy: "attach",
    reason: "the process can be recorded alone",
  },
];

export interface Recordable {
  readonly place: Place;
  /** One of ours, or the path of a `.tracetemplate`. */
  readonly template: string;
  /** Whether the target is a command to start. */
  readonly launches: boolean;
  /** Whether the target is all processes. */
  readonly everything: boolean;
  /** The user's setting, over the table. */
  readonly override?: Strategy;
}

export interface Choice {
  readonly strategy: Strategy;
  readonly reason: string;
}

/** @throws CaptureError when the template cannot be recorded so, with what can be done instead. */
export function chooseStrategy(version: XcodeVersion, wanted: Recordable): Choice {
  const choice = choose(version, wanted);
  if (choice.strategy === "host-wide" && !allowsHostWide(wanted.template)) {
    const why = wanted.everything ? "all processes were asked for" : choice.reason;
    throw new CaptureError(
      "leaks-need-launch",
      `Leaks cannot be recorded of all processes at once (${why}). ` +
        "Give the program as a command to launch, or set hangscope.apple.strategy to attach.",
    );
  }
  return choice;
}

function choose(version: XcodeVersion, wanted: Recordable): Choice {
  const { place, launches, everything, override } = wanted;
  if (everything) return { strategy: "host-wide", reason: "all processes were asked for" };
  const byTable = rules.find(
    (rule) => rule.places.includes(place) && isAtLeast(version, rule.from),
  )!;
  if (launches) {
    if (byTable.strategy === "host-wide" && override !== "launch") {
      throw new CaptureError(
        "cannot-launch-there",
        `A program cannot be launched for recording on this simulator: ${byTable.reason}. ` +
          "Start it first and record it by its name, or set hangscope.apple.strategy to launch.",
      );
    }
    return { strategy: "launch", reason: "the program is started by the recorder" };
  }
  if (override && override !== "launch") return { strategy: override, reason: "set by the user" };
  return { strategy: byTable.strategy, reason: byTable.reason };
}

function allowsHostWide(template: string): boolean {
  return !(template in templates) || templates[template as TemplateName].hostWide;
}
