/** Begins a capture of each kind of target. */
import { type Environment, mergeEnvironments } from "../toolchain/environment.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import { startAppleSession } from "./apple/apple-session.ts";
import type { StartOptions } from "./capture.ts";
import type { Session } from "./session.ts";
import {
  type CommandTarget,
  collectCommand,
  endWatched,
  LaunchedProgram,
  planCommand,
} from "./v8/command-session.ts";
import { InspectorSession, type InspectorTarget } from "./v8/inspector-session.ts";

/**
 * Starts what is to be captured, or prepares it for its caller.
 * @throws CaptureError when the target cannot be profiled, with what to do about it.
 */
export function startSession(
  { target, sampler, title, watch }: StartOptions,
  directory: string,
  onEnded: () => void,
  task: TaskOptions,
  env: Environment,
): Promise<Session> {
  switch (target.kind) {
    case "command": {
      const command = { ...target, env: mergeEnvironments([env, target.env]) };
      const plan = { sampler, directory, isWatched: watch !== undefined };
      return startCommand(command, plan, onEnded, task);
    }
    case "apple":
      return startAppleSession({ target, title }, directory, onEnded, task, env);
    default:
      return attach(target, directory, onEnded, task);
  }
}

async function startCommand(
  target: CommandTarget,
  { sampler, directory, isWatched }: Parameters<typeof planCommand>[1],
  onEnded: () => void,
  { signal }: TaskOptions,
): Promise<Session> {
  const plan = await planCommand(target, { sampler, directory, isWatched }, signal);
  const collect = (task: TaskOptions) =>
    isWatched ? endWatched(directory, task) : collectCommand(directory, sampler, task);
  const { node } = plan;
  if (target.launch === "caller") {
    return {
      started: { argv: plan.argv, cwd: target.cwd, env: plan.env, node },
      outlivesServer: true,
      stop: collect,
      abandon: async () => {},
    };
  }
  const program = await LaunchedProgram.start(plan, target);
  let isStopping = false;
  let endedByItself = false;
  void program.ended.then(() => {
    endedByItself = !isStopping;
    onEnded();
  });
  return {
    started: {
      argv: [],
      cwd: "",
      env: {},
      node,
      ...(program.pid !== undefined && { pid: program.pid }),
    },
    outlivesServer: false,
    async stop(task) {
      isStopping = true;
      const exitCode = endedByItself ? program.exitCode : undefined;
      if (!endedByItself) task.onProgress?.({ message: "Ending the program" });
      await program.end();
      const collected = await collect(task);
      return { ...collected, ...(exitCode !== undefined && { exitCode }), output: program.output };
    },
    abandon: () => program.end(),
  };
}

async function attach(
  target: InspectorTarget,
  directory: string,
  onEnded: () => void,
  task: TaskOptions,
): Promise<Session> {
  const session = await InspectorSession.start(target, onEnded, task);
  return {
    started: { argv: [], cwd: "", env: {}, ...(session.pid !== undefined && { pid: session.pid }) },
    outlivesServer: false,
    stop: (stopTask) => session.stop(directory, stopTask),
    abandon: () => session.release(),
  };
}
