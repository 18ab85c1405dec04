/**
 * Whether a runner that was launched is the one that was meant, and can do its work: it answers
 * with its own fingerprint and instance, and so does the thread that automates.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { environmentFault } from "./environment-faults.ts";
import type { LaunchedRunner } from "./launch.ts";
import { RunnerError } from "./runner-error.ts";
import { RunnerClient, RunnerConnectionError } from "./session/runner-client.ts";
import { protocolVersion } from "./session/runner-protocol.ts";

const pollMs = 50;
const answerMs = 2_000;

export interface HealthOptions {
  /** The key of the artifact. */
  readonly fingerprint: string;
  /** Milliseconds for all of it. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
}

/**
 * @throws RunnerError `unhealthy`, `exited-early`, `wrong-runner` (the artifact's fault), `port-taken`
 *   and those of the environment.
 */
export async function checkHealth(runner: LaunchedRunner, options: HealthOptions): Promise<void> {
  const { limitMs, signal, fingerprint } = options;
  const client = new RunnerClient(runner);
  const until = performance.now() + limitMs;
  const left = () => Math.max(1, Math.ceil(Math.min(answerMs, until - performance.now())));
  let last = "nobody listens on its port";
  while (performance.now() < until) {
    if (runner.process.hasExited) throw await exitedEarly(runner);
    try {
      const uptime = await client.uptime({ timeoutMs: left(), signal });
      checkIdentity(uptime, runner, fingerprint);
      if (uptime.protocol !== protocolVersion) throw wrongProtocol(uptime.protocol);
      checkIdentity(await client.ping({ timeoutMs: left(), signal }), runner, fingerprint);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof RunnerConnectionError)) throw error;
      if (error.loss === "stranger") {
        throw new RunnerError("port-taken", "environment", error.message, { cause: error });
      }
      last = error.message;
    }
    await sleep(pollMs, undefined, { signal });
  }
  if (runner.process.hasExited) throw await exitedEarly(runner);
  const output = await runner.said();
  const seconds = Math.round(limitMs / 100) / 10;
  const message = `The runner did not prove healthy in ${seconds} s: ${last}`;
  throw environmentFault(output) ?? new RunnerError("unhealthy", "artifact", message, { output });
}

function checkIdentity(
  answer: { readonly fingerprint: string; readonly instance: string },
  { instance, port }: LaunchedRunner,
  fingerprint: string,
): void {
  if (answer.instance !== instance) {
    const message = `What answers on port ${port} says that it is ${answer.instance}, not ${instance}.`;
    throw new RunnerError("wrong-runner", "artifact", message);
  }
  if (answer.fingerprint !== fingerprint) {
    const message = `The runner was built for ${answer.fingerprint || "no fingerprint"}, not for ${fingerprint}: its Info.plist has to take over HANGSCOPE_RUNNER_FINGERPRINT.`;
    throw new RunnerError("wrong-runner", "artifact", message);
  }
}

function wrongProtocol(protocol: number): RunnerError {
  const message = `The runner speaks protocol ${protocol}, not ${protocolVersion}.`;
  return new RunnerError("wrong-runner", "artifact", message);
}

/** A verdict, or a headline of what follows. */
const noReason = /^\*\* .* \*\*$|:$|^$/;

/** The last line that says more than that it failed; all of it is in the error's output. */
function lastReason(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  return lines.findLast((line) => !noReason.test(line)) ?? "it said nothing";
}

/** What it said is why. */
async function exitedEarly(runner: LaunchedRunner): Promise<RunnerError> {
  const { exitCode, signal } = await runner.process.exited;
  const output = await runner.said();
  const fault = environmentFault(output, exitCode);
  if (fault) return fault;
  const how = exitCode === undefined ? `was ended by ${signal}` : `left with code ${exitCode}`;
  const message = `xcodebuild ${how} before the runner answered: ${lastReason(output)}`;
  return new RunnerError("exited-early", "artifact", message, { output });
}
