/** What follows from how each step goes: every way to a healthy runner, and every way not to. */
import assert from "node:assert/strict";
import type { Entry, Found } from "../../../src/runner/cache/entry-store.ts";
import { type Outcome, Preparation } from "../../../src/runner/preparation.ts";
import { RunnerError } from "../../../src/runner/runner-error.ts";

const sick = (message = "it is sick") => new RunnerError("unhealthy", "artifact", message);
const environment = new RunnerError("device-locked", "environment", "It is locked.");
const broken = new RunnerError("build-failed", "source", "F.swift:1: no.");
const portTaken = new RunnerError("port-taken", "environment", "Another program answers.");

interface Case {
  readonly is: string;
  readonly clean?: true;
  readonly readOnly?: true;
  readonly running?: true;
  readonly found?: "none" | "found" | "condemned" | "broken";
  readonly invalid?: string;
  readonly builds?: readonly (RunnerError | "works")[];
  readonly health?: readonly (RunnerError | "works")[];
  readonly launches?: readonly (RunnerError | "works")[];
  readonly cannotCondemn?: true;
  readonly outcome: Partial<Outcome<string>> | RunnerError | { readonly code: string };
  readonly steps: string;
}

const cases: readonly Case[] = [
  {
    is: "nothing cached",
    outcome: { cache: "miss", artifact: "built", started: "launched" },
    steps: "clear lock find build release launch health",
  },
  {
    is: "cached",
    found: "found",
    outcome: { cache: "hit", artifact: "restored", started: "launched" },
    steps: "clear lock find validate release launch health",
  },
  {
    is: "running",
    running: true,
    outcome: { cache: "hit", artifact: "restored", started: "running" },
    steps: "",
  },
  {
    is: "running, and clean is wanted",
    running: true,
    clean: true,
    found: "found",
    outcome: { cache: "miss", artifact: "built" },
    steps: "clear lock build release launch health",
  },
  {
    is: "cached and damaged",
    found: "found",
    invalid: "a file is gone",
    outcome: {
      cache: "hit",
      artifact: "rebuilt",
      recovered: { reason: "The cached runner was not used: a file is gone.", attempt: 2 },
    },
    steps: "clear lock find validate build release launch health",
  },
  {
    is: "cached and condemned earlier",
    found: "condemned",
    outcome: {
      cache: "hit",
      artifact: "rebuilt",
      recovered: { reason: "The cached runner was not used: why.", attempt: 2 },
    },
    steps: "clear lock find build release launch health",
  },
  {
    is: "cached with a damaged manifest",
    found: "broken",
    outcome: { cache: "hit", artifact: "rebuilt" },
    steps: "clear lock find build release launch health",
  },
  {
    is: "restored and sick: rebuilt once",
    found: "found",
    health: [sick(), "works"],
    outcome: {
      cache: "hit",
      artifact: "rebuilt",
      recovered: { reason: "it is sick", attempt: 2 },
    },
    steps:
      "clear lock find validate release launch health condemn lock build release launch health",
  },
  {
    is: "restored and sick, rebuilt and sick: final (weakness: two full rebuilds)",
    found: "found",
    health: [sick("one"), sick("two"), "works"],
    outcome: { code: "unhealthy" },
    steps:
      "clear lock find validate release launch health condemn lock build release launch health condemn",
  },
  {
    is: "restored and sick, and then the build fails: final",
    found: "found",
    health: [sick()],
    builds: [broken],
    outcome: broken,
    steps: "clear lock find validate release launch health condemn lock build release",
  },
  {
    is: "built and sick: relaunched once, not rebuilt",
    health: [sick(), "works"],
    outcome: {
      cache: "miss",
      artifact: "built",
      recovered: { reason: "it is sick", attempt: 2 },
    },
    steps: "clear lock find build release launch health launch health",
  },
  {
    is: "built and sick twice: final, and condemned",
    health: [sick(), sick("again")],
    outcome: { code: "unhealthy" },
    steps: "clear lock find build release launch health launch health condemn",
  },
  {
    is: "a build that fails is final",
    builds: [broken],
    outcome: broken,
    steps: "clear lock find build release",
  },
  {
    is: "a locked device condemns nothing that was restored",
    found: "found",
    health: [environment],
    outcome: environment,
    steps: "clear lock find validate release launch health",
  },
  {
    is: "a locked device condemns nothing that was built, and is not tried again",
    health: [environment],
    outcome: environment,
    steps: "clear lock find build release launch health",
  },
  {
    is: "a full disk at launch condemns nothing",
    found: "found",
    launches: [new RunnerError("disk-full", "environment", "full")],
    outcome: { code: "disk-full" },
    steps: "clear lock find validate release launch",
  },
  {
    is: "another program has the port: launched again, nothing condemned",
    found: "found",
    health: [portTaken, "works"],
    outcome: {
      cache: "hit",
      artifact: "restored",
      recovered: { reason: portTaken.message, attempt: 2 },
    },
    steps: "clear lock find validate release launch health launch health",
  },
  {
    is: "another program has each port: final",
    found: "found",
    health: [portTaken, portTaken],
    outcome: portTaken,
    steps: "clear lock find validate release launch health launch health",
  },
  {
    is: "a port that is taken, and then sick: rebuilt all the same",
    found: "found",
    health: [portTaken, sick(), "works"],
    outcome: { artifact: "rebuilt", recovered: { reason: "R", attempt: 3 } },
    steps:
      "clear lock find validate release launch health launch health condemn lock build release launch health",
  },
  {
    is: "read-only and cached",
    readOnly: true,
    found: "found",
    outcome: { cache: "hit", artifact: "restored" },
    steps: "clear lock find validate launch health",
  },
  {
    is: "read-only and not cached",
    readOnly: true,
    outcome: { code: "not-writable" },
    steps: "clear lock find",
  },
  {
    is: "read-only, cached and sick: says both",
    readOnly: true,
    found: "found",
    health: [sick()],
    cannotCondemn: true,
    outcome: { code: "unhealthy" },
    steps: "clear lock find validate launch health condemn",
  },
];

describe("the way to a healthy runner", () => {
  for (const { is, outcome, steps, ...given } of cases) {
    it(is, async () => {
      const done: string[] = [];
      const next = async (name: string, results: readonly (RunnerError | "works")[] = []) => {
        done.push(name);
        const count = done.filter((each) => each === name).length;
        const result = results[count - 1] ?? results.at(-1) ?? "works";
        if (result !== "works") throw result;
      };
      const entry = {} as Entry;
      const work = new Preparation<string>({
        enter: () => {},
        remainingMs: () => 60_000,
        running: async () => (given.running ? "running" : undefined),
        clear: () => next("clear"),
        lock: async () => {
          await next("lock");
          return given.readOnly ? undefined : { release: () => done.push("release") };
        },
        find: async (): Promise<Found> => {
          await next("find");
          const kind = given.found ?? "none";
          if (kind === "found") return { kind, entry };
          return kind === "none" ? { kind } : { kind, reason: "why" };
        },
        validate: async () => {
          await next("validate");
          return given.invalid;
        },
        build: async () => {
          await next("build", given.builds);
          return entry;
        },
        condemn: async () => {
          await next("condemn");
          if (given.cannotCondemn) throw new Error("read-only");
        },
        launch: async () => {
          await next("launch", given.launches);
          return "launched";
        },
        health: () => next("health", given.health),
      });
      const result = await work.run(given.clean ?? false).catch((error: unknown) => error);
      assert.equal(done.join(" "), steps);
      if (outcome instanceof RunnerError) assert.equal(result, outcome);
      else if ("code" in outcome) assert.equal((result as RunnerError).code, outcome.code);
      else {
        const { recovered, ...rest } = outcome;
        const got = result as Outcome<string>;
        for (const [name, value] of Object.entries(rest)) {
          assert.equal(got[name as keyof typeof rest], value, name);
        }
        assert.equal(got.recovered?.attempt, recovered?.attempt ?? got.recovered?.attempt);
        if (recovered && recovered.reason !== "R") assert.deepEqual(got.recovered, recovered);
        if (!("recovered" in outcome) && given.found !== "broken") {
          assert.equal(got.recovered, undefined);
        }
      }
      assert.ok(done.filter((step) => step === "build").length <= 1);
    });
  }

  it("leaves a restored runner half of the time, so that it can be built again", async () => {
    const limits: number[] = [];
    const entry = {} as Entry;
    const work = new Preparation<string>({
      enter: () => {},
      remainingMs: () => 10_000,
      running: async () => undefined,
      clear: async () => {},
      lock: async () => ({ release() {} }),
      find: async () => ({ kind: "found", entry }),
      validate: async () => undefined,
      build: async () => entry,
      condemn: async () => {},
      launch: async () => "",
      health: async (_runner, _entry, limitMs) => {
        limits.push(limitMs);
        if (limits.length === 1) throw sick();
      },
    });
    await work.run(false);
    assert.deepEqual(limits, [5_000, 120_000]);
  });
});
