/** `xctrace record`, from "Starting recording" to "Output file saved as". */
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Call, forever } from "../call.ts";
import { post } from "../notifications.ts";
import { complain, pour, say } from "../output.ts";
import type { RunningProcess } from "../scenario-types.ts";
import {
  attachByDisplayName,
  exitCodes,
  lines,
  needOneProcess,
  refusals,
  simulatorDeadlock,
} from "../table.ts";
import { isAtLeast } from "../xcode.ts";
import { beginBundle, finishBundle } from "./bundle.ts";
import { earlierRuns, type RunEnd, runOf } from "./contents.ts";
import { type Launched, launch } from "./launched.ts";
import { noise } from "./noise.ts";
import { type RecordRequest, readRequest } from "./request.ts";

/** What is recorded, once it is there. */
type Target =
  | { readonly kind: "attached"; readonly process: RunningProcess }
  | { readonly kind: "launched"; readonly process: RunningProcess; readonly program: Launched }
  | { readonly kind: "all-processes" };

type End = keyof typeof endLines;

export async function record(call: Call, args: readonly string[]): Promise<number> {
  const { record: behaviour } = call.scenario;
  const request = readRequest(call, args);
  const tell = behaviour.linesOn === "stderr" ? complain : say;
  await call.pause("beforeStarting");

  const found =
    request.target.kind === "attach" ? find(call, request, request.target.wanted) : null;
  if (typeof found === "number") return found;
  tell(lines.starting.is(request.what, targetLine(request, found), limitLine(request)));
  if (hangsAtStart(call, request)) return neverStart(call);
  if (!request.appends) beginBundle(request.output);
  if (behaviour.attach === "fails" || behaviour.attach === "fails-plainly") {
    return failToAttach(behaviour.attach === "fails");
  }
  const target = await begin(call, request, found);
  if (typeof target === "number") return target;

  const interrupted = interruption(call);
  await call.pause("untilReady");
  announce(call, request, tell);
  if (behaviour.noiseBytes) await pour("stderr", noise(behaviour.noiseBytes));
  const obstacles = obstaclesOf(call, request);
  const end = obstacles.length > 0 ? "issues" : await ending(call, request, target, interrupted);
  if (end !== "issues") tell(endLines[end]);
  if (target.kind === "launched" && !behaviour.launchedOutlives) target.program.kill();
  const issues = [...obstacles, ...(behaviour.issues ?? [])];
  const time = target.kind === "all-processes" ? "finalisingHostWide" : "finalising";
  await call.pause(time, 0.7);
  complainOf(issues);
  tell(issues.length > 0 ? lines.savingFailed.is : lines.saving.is);
  await call.pause(time, 0.3);
  const failure = await save(call, request, target, end);
  if (failure !== undefined) return failure;
  tell(lines.saved.is(basename(request.output)));
  if (behaviour.exitCode !== undefined) return behaviour.exitCode;
  if (issues.length > 0) return exitCodes.runIssues.is;
  return end === "limit" && target.kind === "launched" ? exitCodes.launchLimit.is : 0;
}

/** The process to attach to, or the exit code when there is none. */
function find(call: Call, { place }: RecordRequest, wanted: string): RunningProcess | number {
  const byPid = /^\d+$/.test(wanted);
  const missed = () => {
    complain(byPid ? lines.noSuchPid.is(wanted) : lines.noSuchName.is(wanted));
    return byPid ? exitCodes.noSuchPid.is : exitCodes.noSuchName.is;
  };
  if (call.attempt("attach") <= (call.scenario.record.coldStarts ?? 0)) return missed();
  const phones = call.scenario.devices.map(({ udid }) => udid);
  const found = call.scenario.processes.find((process) => {
    // A simulator's processes are the host's too.
    const isThere =
      place.kind === "host" ? !phones.includes(process.on ?? "") : process.on === place.udid;
    return isThere && (byPid ? process.pid === Number(wanted) : nameOf(call, process) === wanted);
  });
  return found ?? missed();
}

function nameOf(call: Call, { name, displayName }: RunningProcess): string {
  const displayed = isAtLeast(call.scenario.xcode, attachByDisplayName.is);
  return displayed ? (displayName ?? name) : name;
}

function targetLine({ target }: RecordRequest, found: RunningProcess | null): string {
  if (target.kind === "all-processes") return lines.allProcesses.is;
  if (target.kind === "launch") return lines.launching.is(basename(target.command[0]!));
  return lines.attaching.is(found!.name, found!.pid);
}

function limitLine({ limitMs }: RecordRequest): string | undefined {
  return limitMs === undefined ? undefined : `${(limitMs / 1000).toFixed(1)} s`;
}

function hangsAtStart({ scenario }: Call, { place }: RecordRequest): boolean {
  const { from, until } = simulatorDeadlock.is;
  const ofVersion = isAtLeast(scenario.xcode, from) && !isAtLeast(scenario.xcode, until);
  const deadlocks = place.kind === "simulator" && (scenario.record.deadlocks ?? ofVersion);
  return deadlocks || scenario.record.hangsAtStart === true;
}

function neverStart(call: Call): Promise<never> {
  call.onInterrupt(() => {});
  return forever();
}

/** What keeps a recording that has begun from recording anything. */
function obstaclesOf({ scenario }: Call, { target, instruments }: RecordRequest): string[] {
  if (scenario.record.attach === "fails-with-trace") return [...lines.attachFailed.is];
  if (target.kind !== "all-processes") return [];
  const refusing = instruments.filter((name) => needOneProcess.is.includes(name));
  return refusing.map((name) => lines.noAllProcesses.is(name));
}

function failToAttach(talks: boolean): number {
  if (talks) {
    complainOf(lines.attachFailed.is);
    complain(lines.savingFailed.is);
  } else {
    complain(lines.attachFailed.is[0]!);
  }
  return exitCodes.runIssues.is;
}

function complainOf(issues: readonly string[]): void {
  if (issues.length === 0) return;
  complain(lines.issues.is);
  for (const issue of issues) complain(lines.issue.is(issue));
}

async function begin(
  call: Call,
  request: RecordRequest,
  found: RunningProcess | null,
): Promise<Target | number> {
  const { target } = request;
  if (target.kind === "all-processes") return { kind: "all-processes" };
  if (target.kind === "attach") return { kind: "attached", process: found! };
  try {
    const program = await launch(call, target.command, request);
    const process = { pid: program.pid, name: program.name, path: target.command[0]! };
    return { kind: "launched", process, program };
  } catch {
    complain(refusals.noSuchFile.is(target.command[0]!));
    return exitCodes.runIssues.is;
  }
}

function interruption(call: Call): Promise<End> {
  return new Promise((resolve) => {
    call.onInterrupt(() => {
      if (call.scenario.record.onInterrupt !== "ignores") resolve("interrupt");
    });
  });
}

function announce(call: Call, request: RecordRequest, tell: (line: string) => void): void {
  const how = call.scenario.record.saysStarted ?? "both";
  if (how === "both" || how === "line") tell(lines.ready.is);
  if (request.notification && (how === "both" || how === "notification")) {
    post(call, request.notification);
  }
}

function ending(
  call: Call,
  { limitMs }: RecordRequest,
  target: Target,
  interrupted: Promise<End>,
): Promise<End> {
  const ends: Promise<End>[] = [interrupted, forever()];
  if (limitMs !== undefined) ends.push(sleep(limitMs * call.limitScale, "limit" as const));
  if (target.kind === "launched") ends.push(target.program.exited.then(() => "exit" as const));
  return Promise.race(ends);
}

const endLines = {
  interrupt: lines.stopping.is,
  limit: lines.limitReached.is,
  exit: lines.targetExited.is,
} as const;

/** The exit code when it cannot be saved. */
async function save(
  call: Call,
  request: RecordRequest,
  target: Target,
  end: RunEnd,
): Promise<number | undefined> {
  switch (call.scenario.record.finalising) {
    case "never-ends":
      return forever();
    case "crashes":
      return call.endBy("SIGTRAP");
    case "disk-full":
      complain(lines.diskFull.is);
      return exitCodes.runIssues.is;
    default:
  }
  const recorded =
    target.kind === "all-processes" ? target : { kind: target.kind, process: target.process };
  const run = runOf(call.scenario, request, recorded, end);
  finishBundle(request.output, run, earlierRuns(call.scenario, run));
  return undefined;
}
