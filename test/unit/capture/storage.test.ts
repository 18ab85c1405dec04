import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import {
  type CaptureRecord,
  createCapture,
  deleteCapture,
  isUnderWay,
  listCaptures,
  pruneCaptures,
  renameCapture,
} from "../../../src/capture/storage.ts";

const record = (hour: number, more: Partial<CaptureRecord> = {}): CaptureRecord => ({
  title: `at ${hour}`,
  command: "node app.js",
  sampler: "prof",
  startedAt: new Date(Date.UTC(2026, 0, 1, hour)).toISOString(),
  endedAt: new Date(Date.UTC(2026, 0, 1, hour, 5)).toISOString(),
  recorder: process.pid,
  profiles: [],
  ...more,
});

/** No process has it: above every system's limit. */
const noProcess = 2 ** 30;

describe("stored captures", () => {
  let root: string;
  beforeEach(async () => {
    root = join(await mkdtemp(join(tmpdir(), "hangscope-")), "captures");
  });
  afterEach(() => rm(join(root, ".."), { recursive: true }));

  async function store(hour: number, bytes: number, more?: Partial<CaptureRecord>) {
    const capture = await createCapture(root, record(hour, more));
    await writeFile(join(capture.directory, "app-1-v8.log"), Buffer.alloc(bytes));
    return capture;
  }
  const titles = async () => (await listCaptures(root)).map(({ title }) => title);

  it("are none where there is no folder yet", async () => {
    assert.deepEqual(await listCaptures(root), []);
    assert.deepEqual(await pruneCaptures(root, 0), []);
  });

  it("are listed newest first, with their size, without what is something else", async () => {
    await store(1, 1000);
    const { id, directory } = await store(3, 2000);
    await store(2, 0);
    await mkdir(join(root, "other"));
    await mkdir(join(root, "broken"));
    await writeFile(join(root, "broken", "capture.json"), '{"title":');
    await writeFile(join(root, "file"), "");
    assert.deepEqual(await titles(), ["at 3", "at 2", "at 1"]);
    const [newest] = await listCaptures(root);
    assert.equal(newest?.id, id);
    assert.equal(newest.directory, directory);
    assert.ok(newest.bytes > 2000 && newest.bytes < 3000);
  });

  it("are private to their user", async function () {
    if (process.platform === "win32") this.skip();
    const { directory } = await store(1, 0);
    assert.equal((await stat(directory)).mode & 0o077, 0);
  });

  it("get a new title and lose nothing else", async () => {
    const { id } = await store(1, 10, { profiles: [{ file: "a", title: "b", pid: 1 }] });
    await renameCapture(root, id, "mine");
    const [renamed] = await listCaptures(root);
    assert.equal(renamed?.title, "mine");
    assert.deepEqual(renamed.profiles, [{ file: "a", title: "b", pid: 1 }]);
    assert.deepEqual((await readdir(renamed.directory)).sort(), ["app-1-v8.log", "capture.json"]);
  });

  it("are deleted by id, and nothing outside the root ever is", async () => {
    const { id } = await store(1, 10);
    const outside = await createCapture(join(root, ".."), record(1));
    for (const hostile of [`../${outside.id}`, "..", ".", "", `${id}/../../${outside.id}`]) {
      await assert.rejects(deleteCapture(root, hostile), { code: "unknown-capture" }, hostile);
    }
    await deleteCapture(root, id);
    assert.deepEqual(await titles(), []);
    await assert.rejects(renameCapture(root, id, "x"), { code: "unknown-capture" });
    assert.ok((await stat(outside.directory)).isDirectory());
  });

  it("are pruned oldest first until they fit", async () => {
    const oldest = await store(1, 5000);
    await store(2, 5000);
    await store(3, 5000);
    assert.deepEqual(await pruneCaptures(root, 20_000), []);
    assert.deepEqual(await pruneCaptures(root, 12_000), [oldest.id]);
    assert.deepEqual(await titles(), ["at 3", "at 2"]);
  });

  it("keep the newest and those under way, however large", async () => {
    await store(1, 5000);
    const underWay: Partial<CaptureRecord> = { title: "under way", endedAt: undefined as never };
    await store(2, 5000, underWay);
    await store(3, 5000, { ...underWay, title: "its recorder died", recorder: noProcess });
    await store(4, 5000);
    await pruneCaptures(root, 0);
    assert.deepEqual(await titles(), ["at 4", "under way"]);
    assert.deepEqual((await listCaptures(root)).map(isUnderWay), [false, true]);
  });
});
