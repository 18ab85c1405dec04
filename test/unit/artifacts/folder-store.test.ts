import assert from "node:assert/strict";
import {
  appendFile,
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  rmdir,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { execa } from "execa";
import fc from "fast-check";
import { FolderStore } from "../../../src/artifacts/folder-store.ts";
import { getToFile } from "../../../src/artifacts/get-file.ts";
import { artifactKey, type KeySpec } from "../../../src/artifacts/key.ts";
import { outOfBounds } from "../../../src/artifacts/prune.ts";
import type { Artifact } from "../../../src/artifacts/store.ts";
import type { Progress } from "../../../src/toolchain/progress.ts";

const root = process.getuid?.() === 0;

function key(seq: number, more: Partial<KeySpec> = {}): string {
  const origin = { env: "ci", project: "shop", job: "42", target: "web-1", step: "test" };
  const time = 1_700_000_000_000 + seq;
  return artifactKey({ ...origin, time, seq: String(seq), kind: "v8log", ...more });
}

function bytesOf(length: number, fill = "x"): Readable {
  return Readable.from([Buffer.alloc(length, fill)]);
}

describe("a folder of artifacts", () => {
  let folder: string;
  let store: FolderStore;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hangscope-artifacts-"));
    store = new FolderStore(join(folder, "store"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const files = async () =>
    (await readdir(store.place, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);

  it("keeps a file and gives it back, telling progress in bytes", async () => {
    const file = join(folder, "a.log");
    const content = Buffer.alloc(3_000_000, "tick,");
    await writeFile(file, content);
    const steps: Progress[] = [];
    const onProgress = (step: Progress) => steps.push(step);
    assert.equal(await store.put(key(1), { file }, { onProgress }), content.length);
    const { done, total, unit } = steps.at(-1)!;
    assert.deepEqual([done, total, unit], [content.length, content.length, "bytes"]);

    const output = join(folder, "b.log");
    assert.equal(await getToFile(store, key(1), output), content.length);
    assert.deepEqual(await readFile(output), content);
    const [artifact, ...more] = await store.list();
    assert.deepEqual(artifact, {
      key: key(1),
      kind: "v8log",
      bytes: content.length,
      time: 1_700_000_000_001,
      pinned: false,
    });
    assert.deepEqual(more, []);
  });

  it("is open to nobody else", async function () {
    if (process.platform === "win32") this.skip();
    await store.put(key(1), { stream: bytesOf(5) });
    const path = join(store.place, key(1));
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    for (let at = dirname(path); at !== folder; at = dirname(at)) {
      assert.equal((await stat(at)).mode & 0o777, 0o700, at);
    }
  });

  it("lists below a prefix that ends where a part ends, oldest first", async () => {
    for (const [seq, target] of [
      [3, "web-1"],
      [1, "web-10"],
      [2, "web-1"],
    ] as const) {
      await store.put(key(seq, { target }), { stream: bytesOf(1) });
    }
    const listed = async (prefix?: string) =>
      (await store.list(prefix)).map(({ time }) => time % 10);
    assert.deepEqual(await listed(), [1, 2, 3]);
    assert.deepEqual(await listed("ci/shop/42/web-1"), [2, 3]);
    assert.deepEqual(await listed("ci/shop/42/web"), []);
    assert.deepEqual(await new FolderStore(join(folder, "none")).list(), []);
  });

  it("drops the oldest when it is full, but what is pinned or was put just now", async () => {
    store = new FolderStore(store.place, { maxBytes: 30 });
    await store.put(key(1), { stream: bytesOf(10) });
    await store.setPinned(key(1), true);
    for (const seq of [2, 3, 4]) await store.put(key(seq), { stream: bytesOf(10) });
    assert.deepEqual(
      (await store.list()).map(({ key: name, pinned }) => [name, pinned]),
      [
        [key(1), true],
        [key(3), false],
        [key(4), false],
      ],
    );
    await writeFile(join(store.place, "notes.txt"), "x".repeat(500));
    await store.put(key(5), { stream: bytesOf(1_000) });
    assert.deepEqual(
      (await store.list()).map(({ bytes }) => bytes),
      [10, 1_000, 500],
    );
  });

  it("removes what is not pinned, with the folders that it leaves empty", async () => {
    await store.put(key(1), { stream: bytesOf(1) });
    await store.setPinned(key(1), true);
    await assert.rejects(store.remove(key(1)), { code: "pinned" });
    await store.setPinned(key(1), false);
    await store.remove(key(1));
    await assert.rejects(store.remove(key(1)), { code: "no-such-artifact" });
    await assert.rejects(store.setPinned(key(1), true), { code: "no-such-artifact" });
    await assert.rejects(store.open(key(1)), { code: "no-such-artifact" });
    assert.deepEqual(await readdir(store.place), [".incoming"]);
    assert.deepEqual(await files(), []);
  });

  it("leaves nothing of a put that fails, is cancelled or is cut short", async () => {
    async function* failing() {
      yield Buffer.alloc(100);
      throw new Error("the source broke");
    }
    await assert.rejects(store.put(key(1), { stream: Readable.from(failing()) }), /source broke/);
    const reason = new Error("enough");
    const stop = new AbortController();
    async function* endless() {
      for (;;) {
        yield Buffer.alloc(100);
        stop.abort(reason);
      }
    }
    const cancelled = store.put(key(1), { stream: Readable.from(endless()) }, stop);
    await assert.rejects(cancelled, reason);
    const silent = new AbortController();
    const hanging = store.put(key(1), { stream: new Readable({ read() {} }) }, silent);
    silent.abort();
    await assert.rejects(hanging, { name: "AbortError" });
    const file = join(folder, "file");
    await writeFile(file, "late");
    for (const source of [{ file }, { stream: bytesOf(5) }]) {
      const late = store.put(key(1), source, { signal: AbortSignal.abort(reason) });
      await assert.rejects(late, reason);
    }
    const short = { stream: bytesOf(5), bytes: 10 };
    await assert.rejects(store.put(key(1), short), { code: "changed" });
    assert.deepEqual(await files(), []);
  });

  it("keeps of a file that grows what was there at first", async () => {
    const file = join(folder, "growing.log");
    await writeFile(file, Buffer.alloc(5_000_000, "a"));
    let grown: Promise<void> | undefined;
    const onProgress = () => {
      grown ??= appendFile(file, "b".repeat(1_000));
    };
    assert.equal(await store.put(key(1), { file }, { onProgress }), 5_000_000);
    await grown;
    const { stream } = await store.open(key(1));
    assert.equal((await buffer(stream)).includes("b"), false);
  });

  it("loses no put whose folder is taken away meanwhile, as it was empty", async () => {
    for (let seq = 0; seq < 60; seq++) {
      const name = key(seq, { step: `s${seq}` });
      let isDone = false;
      const put = store.put(name, { stream: bytesOf(1) }).finally(() => {
        isDone = true;
      });
      // What another process does that has just removed or pruned the last one there.
      for (let taken = 0; !isDone && taken < 20; ) {
        await rmdir(join(store.place, dirname(name))).then(
          () => taken++,
          () => {},
        );
      }
      assert.equal(await put, 1);
    }
    assert.equal((await store.list()).length, 60);
  });

  it("leaves nothing of a get that is cancelled or cannot be written", async () => {
    await store.put(key(1), { stream: bytesOf(3_000_000) });
    const stop = new AbortController();
    const onProgress = () => stop.abort(new Error("enough"));
    const cancelled = getToFile(store, key(1), join(folder, "out"), {
      signal: stop.signal,
      onProgress,
    });
    await assert.rejects(cancelled, /enough/);
    const nowhere = getToFile(store, key(1), join(folder, "none", "out"));
    await assert.rejects(nowhere, { code: "unwritable-file" });
    assert.deepEqual(await readdir(folder), ["store"]);
  });

  it("never puts one in the place of another", async () => {
    await store.put(key(1), { stream: bytesOf(3, "a") });
    await assert.rejects(store.put(key(1), { stream: bytesOf(3, "b") }), { code: "exists" });
    assert.equal((await buffer((await store.open(key(1))).stream)).toString(), "aaa");
    assert.deepEqual((await files()).length, 1);
  });

  it("takes no name that leads out of it, by whatever way", async () => {
    await writeFile(join(folder, "secret"), "s");
    for (const name of [
      "../secret",
      "a/../../secret",
      "/etc/passwd",
      "..\\secret",
      "",
      "a\0",
      ".incoming/x",
    ]) {
      await assert.rejects(store.put(name, { stream: bytesOf(1) }), { code: "bad-key" });
      await assert.rejects(store.open(name), { code: "bad-key" });
      await assert.rejects(store.remove(name), { code: "bad-key" });
      await assert.rejects(store.setPinned(name, true), { code: "bad-key" });
    }
    assert.equal(await readFile(join(folder, "secret"), "utf8"), "s");
  });

  it("follows no link out of it", async function () {
    if (process.platform === "win32") this.skip();
    await store.put("a/b", { stream: bytesOf(1) });
    await writeFile(join(folder, "secret"), "s");
    await symlink(folder, join(store.place, "out"));
    await symlink(join(folder, "secret"), join(store.place, "a", "link"));
    for (const name of ["out/secret", "a/link"]) {
      await assert.rejects(store.open(name), { code: "no-such-artifact" });
      await assert.rejects(store.remove(name), { code: "no-such-artifact" });
    }
    assert.equal(await readFile(join(folder, "secret"), "utf8"), "s");
  });

  it("names what is wrong with its disk or its source", async () => {
    await assert.rejects(store.put(key(1), { file: join(folder, "none") }), {
      code: "unreadable-file",
    });
    await assert.rejects(store.put(key(1), { file: folder }), { code: "unreadable-file" });
    await writeFile(join(folder, "file"), "");
    const blocked = new FolderStore(join(folder, "file", "store"));
    await assert.rejects(blocked.put(key(1), { stream: bytesOf(1) }), { code: "unwritable-store" });
    if (root || process.platform === "win32") return;
    await mkdir(store.place);
    await chmod(store.place, 0o500);
    await assert.rejects(store.put(key(1), { stream: bytesOf(1) }), { code: "unwritable-store" });
  });

  it("sweeps what a dead process left, and nothing else's", async () => {
    await store.put(key(1), { stream: bytesOf(1) });
    const scratch = join(store.place, ".incoming");
    const { pid: dead } = await execa(process.execPath, ["-p", "process.pid"]).then(
      ({ stdout }) => ({
        pid: Number(stdout),
      }),
    );
    await writeFile(join(scratch, `${dead}-x`), "");
    await writeFile(join(scratch, `${process.pid}-y`), "");
    await store.put(key(2), { stream: bytesOf(1) });
    assert.deepEqual(await readdir(scratch), [`${process.pid}-y`]);
  });

  it("is safe for several processes at once: none is lost, none is half, bounds hold", async () => {
    const program = `
      import { Readable } from "node:stream";
      import { FolderStore } from ${JSON.stringify(new URL("../../../src/artifacts/folder-store.ts", import.meta.url).href)};
      const [place, own] = process.argv.slice(1);
      const store = new FolderStore(place, { maxBytes: 40_000 });
      for (let i = 0; i < 60; i++) {
        const stream = Readable.from([Buffer.alloc(500, own), Buffer.alloc(500, own)]);
        await store.put(\`e/p/\${i % 3}/t/s/20260101T000000\${String(i).padStart(3, "0")}Z-\${own}.v8log\`, { stream });
        if (i % 7 === 0) {
          const [oldest] = await store.list();
          await store.remove(oldest.key).catch((error) => {
            if (error.code !== "no-such-artifact" && error.code !== "ENOENT") throw error;
          });
        }
      }
      const shared = new FolderStore(place + "-shared");
      let won = 0;
      for (let i = 0; i < 50; i++) {
        await shared.put("e/" + i, { stream: Readable.from([Buffer.from(own)]) }).then(
          () => won++,
          (error) => {
            if (error.code !== "exists") throw error;
          },
        );
      }
      console.log(won);`;
    const ended = await Promise.all(
      ["a", "b", "c"].map((own) =>
        execa(process.execPath, ["--input-type=module", "-e", program, store.place, own]),
      ),
    );
    const won = ended.map(({ stdout }) => Number(stdout)).reduce((a, b) => a + b);
    assert.equal(won, 50);
    assert.equal((await new FolderStore(`${store.place}-shared`).list()).length, 50);
    const left = await store.list();
    assert.ok(left.length >= 38, String(left.length));
    assert.ok(left.reduce((sum, { bytes }) => sum + bytes, 0) <= 40_000);
    for (const { key: name, bytes } of left) {
      const content = await readFile(join(store.place, name), "latin1");
      assert.equal(bytes, 1_000);
      assert.equal(content, name.at(-7)!.repeat(1_000));
    }
    assert.deepEqual(await readdir(join(store.place, ".incoming")), []);
    assert.ok((await lstat(store.place)).isDirectory());
  });
});

describe("the bounds of a store", () => {
  const artifacts = fc.uniqueArray(
    fc.record({
      key: fc.string(),
      bytes: fc.nat(100),
      time: fc.nat(20),
      pinned: fc.boolean(),
    }),
    { selector: ({ key: name }) => name },
  );

  it("drop the fewest of the oldest, and never what is pinned or spared", () => {
    fc.assert(
      fc.property(artifacts, fc.nat(1_000), (all, maxBytes) => {
        const spare = all[0]?.key;
        const leaving = outOfBounds(all, maxBytes, spare);
        const sum = (list: readonly Artifact[]) =>
          list.reduce((total, { bytes }) => total + bytes, 0);
        const stays = all.filter((each) => !leaving.includes(each));
        const movable = stays.filter(({ pinned, key: name }) => !pinned && name !== spare);
        assert.ok(leaving.every(({ pinned, key: name }) => !pinned && name !== spare));
        assert.ok(sum(stays) <= maxBytes || movable.length === 0);
        // One fewer would not have done.
        if (leaving.length > 0) assert.ok(sum(stays) + leaving.at(-1)!.bytes > maxBytes);
        const newestGone = Math.max(...leaving.map(({ time }) => time));
        assert.ok(movable.every(({ time }) => time >= newestGone));
      }),
    );
  });
});
