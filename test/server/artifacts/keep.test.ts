/** Evidence that is kept beside a capture: never at its expense. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, open, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join, relative, sep } from "node:path";
import { UploadBudgets } from "../../../src/artifacts/budget.ts";
import { keepEvidence, keptText } from "../../../src/cli/keep-evidence.ts";
import { artifactsKeep } from "../../../src/tools/artifacts-keep.ts";

type Input = Parameters<typeof artifactsKeep.run>[0];

describe("keeping what a capture left", () => {
  let folder: string;
  let store: string;
  let uploads: UploadBudgets;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hangscope-keep-"));
    store = join(folder, "store");
    uploads = new UploadBudgets();
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function file(name: string, bytes = 100): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, "x".repeat(bytes));
    return path;
  }

  async function keep(input: Partial<Input> & Pick<Input, "files">, signal?: AbortSignal) {
    const usual = { store, sessionBytes: 1_000, deleteLogs: false };
    const services = { artifactFolder: undefined, uploads };
    const { kept } = await artifactsKeep.run({ ...usual, ...input }, { services, signal } as never);
    return kept.map(({ outcome, reason, isDeleted }) => ({ outcome, reason, isDeleted }));
  }

  /** All but the machine and the time of each key. */
  async function stored(): Promise<string[]> {
    const entries = await readdir(store, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map(({ name, parentPath }) => {
        const [env, project, job, , step] = relative(store, parentPath).split(sep);
        return [env, project, job, step, extname(name)].join("/");
      })
      .sort();
  }

  it("keeps each file under the capture's name", async () => {
    const hang = { file: await file("stuck.hangscope-hang"), kind: "hang" as const };
    const profile = { file: await file("stuck.cpuprofile"), kind: "cpuprofile" as const };
    const untouched = { outcome: "uploaded", reason: undefined, isDeleted: false };
    const origin = { folder: "/work/shop", job: "4711", step: "stuck" };
    assert.deepEqual(await keep({ files: [hang, profile], ...origin }), [untouched, untouched]);
    const under = "local/shop/4711/stuck";
    assert.deepEqual(await stored(), [`${under}/.cpuprofile`, `${under}/.hang`]);
    assert.ok(existsSync(hang.file));
  });

  it("names the workspace in a terminal, wherever it stands", async () => {
    const files = [{ path: await file("stuck.hangscope-hang"), kind: "hang" as const }];
    const workspace = join(folder, "shop");
    const kept = await keepEvidence({ files, place: store, workspace, step: "stuck" }, {});
    assert.deepEqual(await stored(), ["local/shop/manual/stuck/.hang"]);
    assert.match(keptText(kept), /^Kept as local\/shop\/manual\//);
  });

  it("says of one that cannot be read, and goes on with the next", async () => {
    const gone = { file: join(folder, "gone"), kind: "hang" as const };
    const good = { file: await file("stuck.hangscope-hang"), kind: "hang" as const };
    const [first, second] = await keep({ files: [gone, good] });
    assert.equal(first!.outcome, "failed");
    assert.match(first!.reason!, /gone/);
    assert.equal(second!.outcome, "uploaded");
  });

  it("declines what the session's budget has no room for, over all its calls", async () => {
    const large = { file: await file("large", 700), kind: "hang" as const };
    const small = { file: await file("small", 200), kind: "hang" as const };
    assert.equal((await keep({ files: [large] }))[0]!.outcome, "uploaded");
    const [again, other] = await keep({ files: [large, small] });
    assert.equal(again!.outcome, "declined");
    assert.match(again!.reason!, /300 B of this session's/);
    assert.equal(other!.outcome, "uploaded");
    assert.ok(existsSync(large.file));
  });

  it("ends when nobody waits for it", async () => {
    const good = { file: await file("stuck.hangscope-hang"), kind: "hang" as const };
    await assert.rejects(keep({ files: [good] }, AbortSignal.abort()), { name: "AbortError" });
    assert.ok(!existsSync(store));
  });

  describe("and letting a log go", () => {
    const name = (pid: number) => `isolate-0x55d0c0ffee-${pid}-v8.log`;
    const log = async (pid: number) => ({ file: await file(name(7)), kind: "v8log" as const, pid });

    it("that is the process's own and safe", async () => {
      const own = await log(7);
      const [kept] = await keep({ files: [own], deleteLogs: true });
      assert.deepEqual(kept, { outcome: "uploaded", reason: undefined, isDeleted: true });
      assert.ok(!existsSync(own.file));
    });

    it("never unasked, another's, or one that is open still", async () => {
      const own = await log(7);
      assert.equal((await keep({ files: [own] }))[0]!.isDeleted, false);
      const others = await keep({ files: [{ ...own, pid: 8 }], deleteLogs: true });
      assert.match(others[0]!.reason!, /kept: it is another process's/);
      const { pid: _pid, ...unclear } = own;
      const nobodys = await keep({ files: [unclear], deleteLogs: true });
      assert.match(nobodys[0]!.reason!, /kept: it may be another process's/);
      const held = await open(own.file, "a");
      try {
        const [kept] = await keep({ files: [own], deleteLogs: true });
        assert.match(kept!.reason!, /kept: a process still has it open|does not tell/);
      } finally {
        await held.close();
      }
      assert.ok(existsSync(own.file));
    });

    it("and nothing that is no log", async () => {
      const { pid, file } = await log(7);
      const profile = { file, kind: "cpuprofile" as const, pid };
      const [kept] = await keep({ files: [profile], deleteLogs: true });
      assert.deepEqual(kept, { outcome: "uploaded", reason: undefined, isDeleted: false });
      assert.ok(existsSync(file));
    });

    it("never when it was not uploaded", async () => {
      const own = await log(7);
      const [kept] = await keep({ files: [own], deleteLogs: true, sessionBytes: 10 });
      assert.equal(kept!.outcome, "declined");
      assert.ok(existsSync(own.file));
    });
  });
});
