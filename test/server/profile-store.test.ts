import assert from "node:assert/strict";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { querySchema } from "../../src/profile/query.ts";
import { WorkerProfileStore } from "../../src/server/profile-store.ts";
import { writeCpuprofile } from "../generators/cpuprofile.ts";

describe("profile store", () => {
  let folder: string;
  let small: string;
  /** Read slowly enough for callers to come and go meanwhile. */
  let large: string;
  let store: WorkerProfileStore;
  const summary = querySchema.parse({ kind: "summary" });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hangscope-store-"));
    small = join(folder, "small.cpuprofile");
    large = join(folder, "large.cpuprofile");
    await writeCpuprofile(small, { nodes: 50, depth: 10 });
    await writeCpuprofile(large, { nodes: 100_000, depth: 100 });
  });
  after(() => rm(folder, { recursive: true, force: true }));
  beforeEach(() => {
    store = new WorkerProfileStore(() => {});
  });
  afterEach(() => store.dispose());

  /** Opens and settles when the read has begun. */
  async function beginOpen(path: string) {
    const abort = new AbortController();
    const begun = Promise.withResolvers<void>();
    const opened = store.open(path, [], {
      signal: abort.signal,
      onProgress: () => begun.resolve(),
    });
    opened.catch(() => {});
    await begun.promise;
    return { abort, opened };
  }

  it("reads a file once for all who ask, and tells each how far it is", async () => {
    const first = await beginOpen(large);
    const second = await beginOpen(large);
    assert.equal(await second.opened, await first.opened);
    await store.open(large, [], { onProgress: () => assert.fail("The file was read again.") });
  });

  it("reads on for the others when one leaves", async () => {
    const first = await beginOpen(large);
    const second = await beginOpen(large);
    first.abort.abort();
    await assert.rejects(first.opened, { name: "AbortError" });
    await store.query(await second.opened, summary, {});
  });

  it("ends a read when the last one leaves, and reads again when asked", async () => {
    const other = new WorkerProfileStore(() => {});
    const id = await other.open(large, [], {});
    await other.dispose();
    const only = await beginOpen(large);
    only.abort.abort();
    await assert.rejects(only.opened, { name: "AbortError" });
    await assert.rejects(store.query(id, summary, {}), { code: "unknown-profile" });
    const again = await beginOpen(large);
    await store.query(await again.opened, summary, {});
  });

  it("gives changed content another id, and other folders another reading", async () => {
    const path = join(folder, "changing.cpuprofile");
    await copyFile(small, path);
    const before = await store.open(path, [], {});
    assert.equal(await store.open(path, [], {}), before);
    assert.notEqual(await store.open(path, [folder], {}), before);
    await copyFile(large, path);
    assert.notEqual(await store.open(path, [], {}), before);
  });

  it("says that a profile is not open here", async () => {
    const query = store.query("0".repeat(24), summary, {});
    await assert.rejects(query, { name: "ToolError", code: "unknown-profile" });
  });

  it("says each time that a file is no profile", async () => {
    const path = join(folder, "broken.cpuprofile");
    await writeFile(path, "no profile");
    const failure = { name: "FormatError" };
    await assert.rejects(store.open(path, [], {}), failure);
    await assert.rejects(store.open(path, [], {}), failure);
  });

  it("drops the least recently used", async () => {
    const ids = [];
    for (let i = 0; i < 7; i++) {
      const path = join(folder, `${i}.cpuprofile`);
      await copyFile(small, path);
      ids.push(await store.open(path, [], {}));
      await store.query(ids[0]!, summary, {});
    }
    await assert.rejects(store.query(ids[1]!, summary, {}), { code: "unknown-profile" });
    for (const id of [ids[0]!, ...ids.slice(2)]) await store.query(id, summary, {});
  });
});
