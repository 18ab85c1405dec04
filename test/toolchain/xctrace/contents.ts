/** What a recording holds: a scripted run, whatever really ran. */
import type { WholeScenario } from "../defaults.ts";
import type { RunningProcess } from "../scenario-types.ts";
import { xctraceVersion } from "../tools/xcode-install.ts";
import type { Cast } from "../trace/timeline.ts";
import type { RecordedRun } from "./bundle.ts";
import type { RecordRequest } from "./request.ts";

export type RecordedTarget =
  | { readonly kind: "attached" | "launched"; readonly process: RunningProcess }
  | { readonly kind: "all-processes" };

const endReasons = {
  interrupt: "User pressed Stop",
  limit: "Time limit reached",
  exit: "Target app exited",
  issues: "Recording failed",
} as const;

export type RunEnd = keyof typeof endReasons;

const kernelTask: RunningProcess = {
  pid: 0,
  name: "kernel.release.t6041",
  path: "/System/Library/Kernels/kernel.release.t6041",
};

export function runOf(
  scenario: WholeScenario,
  request: Pick<RecordRequest, "template" | "instruments" | "limitMs" | "place">,
  target: RecordedTarget,
  end: RunEnd,
): RecordedRun {
  const cast = castOf(scenario, target, request.place.udid);
  const { limitMs } = request;
  return {
    kind: end === "issues" ? "quiet" : "normal",
    template: request.template,
    instruments: request.instruments,
    instrumentsVersion: xctraceVersion(scenario),
    xcode: scenario.xcode,
    target:
      target.kind === "all-processes"
        ? target
        : { kind: target.kind, name: target.process.name, pid: target.process.pid },
    device: request.place.attributes,
    startedAt: new Date().toISOString(),
    endReason: endReasons[end],
    ...(limitMs !== undefined && { limitSeconds: limitMs / 1000 }),
    processes: [cast.app, ...cast.strangers, kernelTask],
    cast,
  };
}

/** Who plays the stuck program, and who else is seen. */
function castOf(scenario: WholeScenario, target: RecordedTarget, udid: string | undefined): Cast {
  const phones = scenario.devices.map((device) => device.udid);
  const visible = scenario.processes.filter(({ on }) =>
    udid === undefined ? !phones.includes(on ?? "") : on === udid,
  );
  const named = visible.find(({ name }) => name === (scenario.trace.app ?? "StuckApp"));
  const app = target.kind === "all-processes" ? (named ?? kernelTask) : target.process;
  const others = visible.filter(({ pid }) => pid !== app.pid);
  const withStrangers = scenario.trace.strangers ?? target.kind === "all-processes";
  return { app, strangers: withStrangers ? others : [] };
}

export function earlierRuns(scenario: WholeScenario, run: RecordedRun): RecordedRun[] {
  return (scenario.trace.earlierRuns ?? []).map((kind) => ({
    ...run,
    kind: kind === "same" ? "normal" : kind,
  }));
}
