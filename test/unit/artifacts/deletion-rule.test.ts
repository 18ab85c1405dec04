import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { appendFile, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import {
  disposalOf,
  type Held,
  type LogFacts,
  type Ownership,
} from "../../../src/artifacts/deletion-rule.ts";
import { isHeldOpen } from "../../../src/artifacts/file-holders.ts";
import type { KeepOutcome } from "../../../src/artifacts/keep-evidence.ts";
import { settleLog } from "../../../src/artifacts/settle-log.ts";

const uploaded: KeepOutcome = { kind: "uploaded", place: "s3://b", key: "k", bytes: 10 };
const outcomes: readonly KeepOutcome[] = [
  uploaded,
  { kind: "failed", reason: "no way." },
  { kind: "declined", reason: "no budget." },
  { kind: "disabled" },
];
const ownerships: readonly Ownership[] = ["own", "other", "unclear"];
const answers: readonly Held[] = ["yes", "no", "unknown"];
const sizes = [10, 0, 11, undefined];

describe("the deletion rule", () => {
  const all: LogFacts[] = outcomes.flatMap((upload) =>
    ownerships.flatMap((ownership) =>
      answers.flatMap((held) => sizes.map((bytes) => ({ upload, ownership, held, bytes }))),
    ),
  );

  it("deletes in one case of all, when nothing speaks for keeping", () => {
    const deleted = all.filter((facts) => disposalOf(facts).kind === "delete");
    assert.equal(all.length, 144);
    assert.deepEqual(deleted, [{ upload: uploaded, ownership: "own", held: "no", bytes: 10 }]);
  });

  it("says of every other why it is kept", () => {
    const reasons = new Set<string>();
    for (const facts of all) {
      const disposal = disposalOf(facts);
      if (disposal.kind === "delete") continue;
      assert.match(disposal.message, /^The local log was kept: .+\.$/);
      reasons.add(disposal.reason);
    }
    assert.deepEqual([...reasons].sort(), [
      "changed",
      "held",
      "maybe-held",
      "maybe-not-own",
      "not-own",
      "upload-declined",
      "upload-disabled",
      "upload-failed",
    ]);
  });

  it("keeps for a fact that it does not know", () => {
    const strange = { upload: uploaded, ownership: "own", held: "no", bytes: 10 } as const;
    fc.assert(
      fc.property(
        fc.constantFrom("ownership", "held", "bytes"),
        fc.oneof(fc.string(), fc.constantFrom(undefined, null, NaN, true, 1)),
        (fact, value) => {
          fc.pre(value !== strange[fact]);
          const facts = { ...strange, [fact]: value } as LogFacts;
          return disposalOf(facts).kind === "keep";
        },
      ),
    );
  });
});

describe("a local log", () => {
  let folder: string;
  let log: string;
  let holder: ChildProcess | undefined;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hangscope-log-"));
    log = join(folder, "isolate-0x1-2-v8.log");
    await writeFile(log, "0123456789", { mode: 0o600 });
  });
  afterEach(async () => {
    if (holder && holder.exitCode === null && holder.signalCode === null) {
      holder.kill("SIGKILL");
      await once(holder, "exit");
    }
    holder = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  /** A process that has the log open, as V8 has it. */
  async function hold(): Promise<ChildProcess> {
    const program = `require("fs").openSync(${JSON.stringify(log)}, "a"); console.log("up");
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ["-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout!, "data");
    return child;
  }

  it("goes when it is kept elsewhere, its process's own, and open nowhere", async function () {
    if (process.platform !== "linux") this.skip();
    assert.deepEqual(await settleLog(log, uploaded, "own"), { kind: "delete" });
    assert.equal(existsSync(log), false);
  });

  it("stays while a process has it open, under whatever name, and goes after that", async function () {
    if (process.platform !== "linux") this.skip();
    holder = await hold();
    assert.equal(await isHeldOpen(log), "yes");
    const kept = await settleLog(log, uploaded, "own");
    assert.equal(kept.kind === "keep" && kept.reason, "held");
    holder.kill("SIGKILL");
    await once(holder, "exit");
    assert.equal(await isHeldOpen(log), "no");
    assert.equal((await settleLog(log, uploaded, "own")).kind, "delete");
  });

  it("stays when it has grown since, and when it is not surely the process's own", async () => {
    const unclear = await settleLog(log, uploaded, "unclear");
    assert.equal(unclear.kind === "keep" && unclear.reason, "maybe-not-own");
    await appendFile(log, "x");
    const grown = await settleLog(log, uploaded, "own");
    assert.equal(grown.kind, "keep");
    assert.equal((await stat(log)).size, 11);
  });

  it("is not said to be open nowhere when it cannot be looked at", async () => {
    assert.equal(await isHeldOpen(join(folder, "none")), "unknown");
    const gone = await settleLog(join(folder, "none"), uploaded, "own");
    assert.equal(gone.kind, "keep");
  });
});
