/**
 * Why a step of a capture could not name the function. The playbook in `docs/` explains each of
 * them, and a test holds it to this list.
 */

export const reasons = {
  responsive: "The main thread takes other work, so it is not stuck.",
  "already-named": "A step before had named the function.",
  "no-process-id": "The target did not tell its process, and this step needs it.",
  "not-node": "The process is not a Node process of yours, or has ended.",
  "no-signal": "The process cannot be asked to open its inspector.",
  "no-inspector": "No inspector answers.",
  "no-page": "No page has that address.",
  "port-taken": "The port of the process's inspector belongs to another process.",
  "inspector-silent": "The inspector accepts connections and answers nothing.",
  "inspector-error": "The inspector refused what it was asked.",
  "connected-late":
    "The page got stuck before a debugger was there, and answers none now. Start the browser from here, and the next time it can be paused.",
  "native-call": "The main thread is inside one long native call.",
  waiting: "The main thread waits, and no JavaScript runs.",
  "paused-in-debugger": "A debugger has paused it.",
  "target-gone": "The process ended.",
  "bad-answer": "The inspector's answer makes no sense.",
  "not-armed": "The program was not started with V8's sampler.",
  "quiet-log": "The log of V8's sampler has nothing of the last seconds.",
  "no-log": "None of the logs of V8's sampler can be that of the stuck thread.",
  "no-tool": "No program on this machine can look at native stacks.",
  "no-permission": "The system does not let this user look at the process.",
  "no-stack": "The native stack has no names.",
  "unsupported-system": "This system has no such program.",
  "over-budget": "The time for the capture was over.",
} as const satisfies Record<string, string>;

export type Reason = keyof typeof reasons;

/** A step that ends without a name. */
export class StepFailure extends Error {
  override readonly name = "StepFailure";
  readonly reason: Reason;

  constructor(reason: Reason, message: string = reasons[reason], options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}
