import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UploadBudget } from "../../../src/artifacts/budget.ts";
import { EvidenceKeeper } from "../../../src/artifacts/keep-evidence.ts";
import type { ArtifactStore } from "../../../src/artifacts/store.ts";

/** The only method that is needed here. */
function storeOf(put: ArtifactStore["put"]): ArtifactStore {
  return { place: "/store", put } as ArtifactStore;
}

describe("a session's budget", () => {
  let folder: string;
  let file: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hangscope-budget-"));
    file = join(folder, "stuck.hangscope-hang");
    await writeFile(file, "x".repeat(60));
  });
  after(() => rm(folder, { recursive: true }));

  it("loses what an upload that failed had sent, and no more", async () => {
    const budget = new UploadBudget(100);
    const store = storeOf(async (_key, _source, task) => {
      task?.onProgress?.({ message: "Uploading", done: 25, total: 60, unit: "bytes" });
      assert.equal(budget.left, 40);
      throw new Error("The line was cut.");
    });
    const keeper = new EvidenceKeeper({ store, budget });
    assert.deepEqual(await keeper.keep(file, "key"), {
      kind: "failed",
      reason: "The line was cut.",
    });
    assert.equal(budget.left, 75);
  });

  it("loses what an upload took over the wire", async () => {
    const budget = new UploadBudget(100);
    const keeper = new EvidenceKeeper({ store: storeOf(async () => 20), budget });
    assert.equal((await keeper.keep(file, "key")).kind, "uploaded");
    assert.equal(budget.left, 80);
  });

  it("loses nothing to a file that is declined", async () => {
    const budget = new UploadBudget(59);
    const keeper = new EvidenceKeeper({ store: storeOf(async () => 60), budget });
    assert.equal((await keeper.keep(file, "key")).kind, "declined");
    assert.equal(budget.left, 59);
  });
});
