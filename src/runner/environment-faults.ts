/**
 * What xcodebuild says when the fault is not the artifact's: an entry is never condemned for it.
 * First match first.
 */
import { RunnerError } from "./runner-error.ts";

interface Fault {
  readonly code: string;
  readonly says: RegExp;
  readonly advice: string;
}

const faults: readonly Fault[] = [
  {
    code: "disk-full",
    says: /No space left on device|disk is full|ENOSPC|Not enough (?:free )?(?:disk )?space/i,
    advice: "The disk is full. Make room, or choose another cache folder.",
  },
  {
    code: "no-xcode",
    says: /requires Xcode, but active developer directory|unable to find utility "xcodebuild"|agree to the Xcode license|xcode-select: error|license agreements/i,
    advice: "Xcode is missing, or its license is not agreed to. Open it once.",
  },
  {
    code: "no-destination",
    says: /Unable to find a (?:destination|device) matching|is not available because|Unable to locate device|Invalid device|Timed out waiting for .*destinations?/i,
    advice: "The device is not there. Connect it, or choose another.",
  },
  {
    code: "device-not-booted",
    says: /Unable to (?:boot|lookup in current state)|current state: Shutdown|is not booted|Failed to (?:boot|prepare) device|not ready for|Simulator device failed to/i,
    advice: "The device is not booted. Boot it, and try again.",
  },
  {
    code: "device-locked",
    says: /device (?:is|was) (?:pass)?code.?locked|Unlock .* to continue|is locked/i,
    advice: "The device is locked. Unlock it, and try again.",
  },
  {
    code: "not-signed",
    says: /Code ?Sign(?:ing)? error|requires a provisioning profile|No profile(?:s)? (?:matching|for)|requires a development team|No signing certificate|not been explicitly trusted|Developer Mode/i,
    advice:
      "It cannot be signed for this device. Give DEVELOPMENT_TEAM, or trust it on the device.",
  },
];

/** `undefined` when nothing of it speaks of the environment. */
export function environmentFault(output: string, exitCode?: number): RunnerError | undefined {
  const found = faults.find(({ says }) => says.test(output)) ?? byExitCode(exitCode);
  if (!found) return undefined;
  const line = output.split("\n").find((each) => found.says.test(each));
  const message = line === undefined ? found.advice : `${found.advice} (${line.trim()})`;
  return new RunnerError(found.code, "environment", message, { output });
}

/** 70: no such destination. Others say nothing of their own. */
function byExitCode(exitCode: number | undefined): Fault | undefined {
  return exitCode === 70 ? faults.find(({ code }) => code === "no-destination") : undefined;
}
