/** A command is carried out once, whatever is lost before, during and after it: all interleavings. */
import assert from "node:assert/strict";
import { RunnerError } from "../../../src/runner/runner-error.ts";
import { type Sent, type Session, sendOnce } from "../../../src/runner/session/replay.ts";
import { RunnerConnectionError } from "../../../src/runner/session/runner-client.ts";
import type { CommandState } from "../../../src/runner/session/runner-protocol.ts";

const preflights = ["ok", "unsent", "stranger"] as const;
const sends = [
  "ok",
  "fails",
  /** It certainly did not arrive. */
  "unsent",
  /** The connection broke, and it had not arrived. */
  "lost-before",
  /** It arrives after the runner was asked for it. */
  "arrives-late",
  /** It arrived, and still runs when the runner is asked. */
  "lost-during",
  /** It was carried out, and its answer was lost. */
  "lost-after",
  /** It was carried out, and its answer was none of ours. */
  "garbled",
] as const;
/** What becomes of the questions that follow. */
const questions = [
  ["ok"],
  ["lost", "ok"],
  ["lost", "lost", "ok"],
  ["lost", "lost", "lost"],
  ["restarted"],
] as const;

interface Plan {
  readonly preflight: (typeof preflights)[number];
  readonly send: (typeof sends)[number];
  readonly questions: (typeof questions)[number];
}

const plans: readonly Plan[] = preflights.flatMap((preflight) =>
  sends.flatMap((send) => questions.map((each) => ({ preflight, send, questions: each }))),
);

const lost = (loss: "unsent" | "unknown" | "stranger" | "refused") =>
  new RunnerConnectionError(loss, loss);
const done: CommandState = { state: "done", result: 42 };
const failed: CommandState = { state: "failed", error: { code: "no", message: "no" } };

/** One runner, and what it has done. */
class FakeSession implements Session {
  readonly instance: string;
  executed = 0;
  sent = 0;
  readonly #plan: Plan;
  #state: CommandState = { state: "unknown" };
  #asked = 0;

  constructor(instance: string, plan: Plan) {
    this.instance = instance;
    this.#plan = plan;
  }

  async preflight(): Promise<void> {
    if (this.#plan.preflight !== "ok") throw lost(this.#plan.preflight);
  }

  async send(): Promise<CommandState> {
    assert.equal(this.#plan.preflight, "ok", "sent without being there");
    const { send } = this.#plan;
    if (send === "unsent") throw lost("unsent");
    this.sent++;
    if (send === "lost-before") throw lost("unknown");
    if (send === "arrives-late") {
      setImmediate(() => this.#execute(done));
      throw lost("unknown");
    }
    if (send === "lost-during") {
      this.executed++;
      this.#state = { state: "running" };
      throw lost("unknown");
    }
    this.#execute(send === "fails" ? failed : done);
    if (send === "lost-after") throw lost("unknown");
    if (send === "garbled") throw lost("refused");
    return this.#state;
  }

  async status() {
    const question = this.#plan.questions[this.#asked++] ?? "ok";
    if (question === "lost") throw lost("unknown");
    const restarted = question === "restarted";
    return {
      fingerprint: "",
      instance: restarted ? "another" : this.instance,
      state: "idle" as const,
      command: restarted ? ({ state: "unknown" } as const) : this.#state,
    };
  }

  #execute(state: CommandState): void {
    this.executed++;
    this.#state = state;
  }
}

interface Run {
  readonly sessions: readonly FakeSession[];
  readonly outcome: Sent | RunnerError;
}

async function run(first: Plan, second: Plan, mutating: boolean): Promise<Run> {
  const sessions = [new FakeSession("first", first)];
  const outcome = await sendOnce({ id: "c1", name: "tap", arguments: {} }, sessions[0]!, {
    mutating,
    askAgainMs: 0,
    freshSession: async () => {
      const fresh = new FakeSession("second", second);
      sessions.push(fresh);
      return fresh;
    },
  }).catch((error: unknown) => {
    assert.ok(error instanceof RunnerError, String(error));
    return error;
  });
  // What is late comes now.
  await new Promise((resolve) => setImmediate(resolve));
  return { sessions, outcome };
}

const certain = new Set(["unsent"]);

function check({ sessions, outcome }: Run, first: Plan, mutating: boolean): void {
  const executed = sessions.reduce((sum, session) => sum + session.executed, 0);
  const sent = sessions.reduce((sum, session) => sum + session.sent, 0);
  assert.ok(sessions.length <= 2, "more than one replay");
  assert.ok(sent <= 2);
  if (mutating) {
    assert.ok(executed <= 1, `carried out ${executed} times`);
    assert.ok(sent <= 1, `sent ${sent} times`);
  }
  const arrivedNowhere = first.preflight !== "ok" || certain.has(first.send);
  if (sessions.length === 2 && mutating)
    assert.ok(arrivedNowhere, "replayed what may have arrived");
  if (outcome instanceof RunnerError) {
    if (outcome.code === "command-running") assert.ok(executed >= 1);
    else if (outcome.code === "command-lost") assert.ok(sent >= 1);
    else {
      assert.equal(outcome.code, "runner-unreachable");
      // What only reads may have been read in vain before.
      if (mutating) assert.equal(executed, 0);
    }
    return;
  }
  assert.ok(executed >= 1, "an answer of nothing");
  const expected = sessions.at(-1)!.instance === "second" ? 2 : 1;
  assert.equal(outcome.sent, expected);
}

describe("a command that is sent once (replay safety)", () => {
  for (const mutating of [true, false]) {
    it(`${mutating ? "changes something" : "only reads"}: every loss, and every one after it`, async () => {
      let runs = 0;
      for (const first of plans) {
        // Nothing of one run is known to another: they need not wait for each other.
        const seconds =
          (await run(first, plans[0]!, mutating)).sessions.length > 1 ? plans : [plans[0]!];
        const all = await Promise.all(seconds.map((second) => run(first, second, mutating)));
        for (const ran of all) check(ran, first, mutating);
        runs += all.length;
      }
      assert.ok(runs > 2 * plans.length, `${runs}`);
    }).timeout(120_000);
  }

  const ok: Plan = { preflight: "ok", send: "ok", questions: ["ok"] };
  it("is answered", async () => {
    const { outcome } = await run(ok, ok, true);
    assert.deepEqual(outcome, { state: done, sent: 1 });
  });
  it("is not sent again when the command itself fails", async () => {
    const { outcome } = await run({ ...ok, send: "fails" }, ok, true);
    assert.deepEqual(outcome, { state: failed, sent: 1 });
  });
  it("is replayed when it certainly did not arrive", async () => {
    for (const first of [
      { ...ok, preflight: "unsent" },
      { ...ok, send: "unsent" },
    ] as const) {
      const { outcome } = await run(first, ok, true);
      assert.deepEqual(outcome, { state: done, sent: 2 });
    }
  });
  it("has its answer asked for when that was lost", async () => {
    const { outcome } = await run({ ...ok, send: "lost-after" }, ok, true);
    assert.deepEqual(outcome, { state: done, sent: 1 });
  });
  it("is said to run when it does", async () => {
    const { outcome } = await run({ ...ok, send: "lost-during" }, ok, true);
    assert.equal((outcome as RunnerError).code, "command-running");
  });
  it("is said to be lost when nobody knows, if it changes anything", async () => {
    const { outcome, sessions } = await run({ ...ok, send: "lost-before" }, ok, true);
    assert.equal((outcome as RunnerError).code, "command-lost");
    assert.equal(sessions.length, 1);
  });
  it("is read again when nobody knows, if it changes nothing", async () => {
    const { outcome } = await run({ ...ok, send: "lost-before" }, ok, false);
    assert.deepEqual(outcome, { state: done, sent: 2 });
  });
  it("does not take another runner's word for it", async () => {
    const first: Plan = { preflight: "ok", send: "lost-after", questions: ["restarted"] };
    const { outcome } = await run(first, ok, true);
    assert.equal((outcome as RunnerError).code, "command-lost");
  });
});
