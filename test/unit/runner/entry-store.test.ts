/** The cache: an entry is whole or not there, tells the truth about itself, and can be moved. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { exportEntry, importEntry } from "../../../src/runner/cache/archive.ts";
import { cacheKey } from "../../../src/runner/cache/cache-key.ts";
import { sha256 } from "../../../src/runner/cache/canonical.ts";
import { type Entry, EntryStore } from "../../../src/runner/cache/entry-store.ts";
import { type Manifest, manifestSchema } from "../../../src/runner/cache/manifest.ts";
import { listEntries, pruneCache } from "../../../src/runner/cache/prune.ts";
import { Hasher } from "../../../src/runner/hashing/hasher.ts";
import { type ProductFile, parseProductList } from "../../../src/runner/hashing/product-list.ts";
import { sampleOf } from "../../../src/runner/hashing/sample.ts";
import { metadata } from "./support/metadata.ts";
import { type TarMember, tarOf } from "./support/tar.ts";

const host = "Debug/R-Runner.app";
const program = `${host}/R-Runner`;

describe("the cache of runners", () => {
  let root: string;
  let store: EntryStore;
  let hasher: Hasher;

  before(() => {
    hasher = new Hasher();
  });
  after(() => hasher.dispose());
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), "hangscope-cache-"));
    store = new EntryStore(join(root, "cache"), hasher);
    await store.prepareFolder();
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(folder: string, path: string, text: string, mode = 0o644): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text, { mode });
  }

  /** Commits an entry of its own key. */
  async function add(source = "a", files = 3): Promise<Entry> {
    const own = { ...metadata, source: source.repeat(64) };
    const key = cacheKey(own);
    const prepared = join(store.staging(key), "entry");
    const products = join(prepared, "products");
    write(products, "R.xctestrun", "<plist/>");
    write(products, program, `program of ${source}`, 0o755);
    write(products, `${host}/Info.plist`, "<plist/>");
    for (let i = 0; i < files; i++) write(products, `${host}/Resources/r${i}.bin`, `${source}${i}`);
    symlinkSync("R-Runner", join(products, host, "Current"));
    const list = join(prepared, "files.json");
    const { bytes, ...listed } = await hasher.ask({ kind: "list", folder: products, to: list });
    const manifest: Manifest = {
      format: 1,
      id: randomUUID(),
      key,
      metadata: own,
      createdAt: new Date().toISOString(),
      testRun: "R.xctestrun",
      essential: ["R.xctestrun", host],
      bytes,
      files: listed,
    };
    const entry = await store.commit(prepared, manifest);
    await store.discardStaging(key);
    await store.noteUse(key);
    return entry;
  }

  const listOf = ({ folder }: Entry) =>
    JSON.parse(readFileSync(join(folder, "files.json"), "utf8")) as ProductFile[];
  const found = async (key: string) => {
    const result = await store.find(key);
    return "reason" in result ? `${result.kind}: ${result.reason}` : result.kind;
  };

  it("gives back what was put in", async () => {
    const { manifest } = await add();
    const result = await store.find(manifest.key);
    assert.ok(result.kind === "found");
    assert.deepEqual(result.entry.manifest, manifest);
    assert.ok(existsSync(result.entry.testRun));
    assert.equal(await store.validate(result.entry, { whole: true }), undefined);
    assert.equal(await store.validate(result.entry, { whole: false }), undefined);
    assert.deepEqual(readdirSync(join(store.folder, "staging")), []);
    assert.deepEqual(readdirSync(join(store.folder, "trash")), []);
  });

  describe("finds damage (weakness: .app folders were only looked at, mtimes and sizes)", () => {
    const damages: Readonly<Record<string, (products: string) => void>> = {
      "a missing file": (products) => unlinkSync(join(products, `${host}/Resources/r1.bin`)),
      "a file of another size": (products) =>
        write(products, `${host}/Resources/r1.bin`, "longer!"),
      "a program of the same size": (products) =>
        write(products, program, readFileSync(join(products, program), "utf8").replace("p", "q")),
      "a folder in place of a file": (products) => {
        unlinkSync(join(products, `${host}/Resources/r1.bin`));
        mkdirSync(join(products, `${host}/Resources/r1.bin`));
      },
      "a link in place of a file": (products) => {
        unlinkSync(join(products, program));
        symlinkSync("/bin/sh", join(products, program));
      },
      "a link that leads elsewhere": (products) => {
        unlinkSync(join(products, host, "Current"));
        symlinkSync("Info.plist", join(products, host, "Current"));
      },
      "a program that may not run": (products) => chmodSync(join(products, program), 0o644),
      "another .xctestrun": (products) => write(products, "R.xctestrun", "<PLIST/>"),
      "a bundle that is gone": (products) =>
        rmSync(join(products, host), { recursive: true, force: true }),
    };
    for (const [name, damage] of Object.entries(damages)) {
      it(name, async () => {
        const entry = await add();
        damage(entry.products);
        assert.equal(typeof (await store.validate(entry, { whole: false })), "string");
        assert.equal(typeof (await store.validate(entry, { whole: true })), "string");
      });
    }
    it("of the content of any file, with --verify", async () => {
      const entry = await add("a", 500);
      write(entry.products, `${host}/Resources/r400.bin`, "b400");
      assert.match(
        (await store.validate(entry, { whole: true }))!,
        /r400\.bin has another content/,
      );
    });
    it("of the content of any file, sooner or later without", async () => {
      const entry = await add("a", 200);
      write(entry.products, `${host}/Resources/r150.bin`, "b150");
      let restores = 0;
      while ((await store.validate(entry, { whole: false })) === undefined) {
        assert.ok(++restores < 100);
      }
    });
    it("of a file that was added, with --verify", async () => {
      const entry = await add();
      write(entry.products, `${host}/PlugIns/more`, "x");
      assert.match((await store.validate(entry, { whole: true }))!, /more was added/);
    });
  });

  it("does not mind any clock (weakness: mtimes)", async () => {
    const entry = await add();
    for (const [i, { path }] of listOf(entry).entries()) {
      if (path.endsWith("Current")) continue;
      const time = i % 2 ? new Date("2090-01-01") : new Date(0);
      utimesSync(join(entry.products, path), time, time);
    }
    assert.equal(await found(entry.manifest.key), "found");
    assert.equal(await store.validate(entry, { whole: true }), undefined);
  });

  it("can be moved, as a whole or by its entries (weakness: absolute paths)", async () => {
    const { manifest } = await add();
    const elsewhere = join(root, "elsewhere");
    renameSync(store.folder, elsewhere);
    const moved = new EntryStore(elsewhere, hasher);
    const result = await moved.find(manifest.key);
    assert.ok(result.kind === "found");
    assert.equal(await moved.validate(result.entry, { whole: true }), undefined);
    assert.ok(!readFileSync(join(result.entry.folder, "manifest.json"), "utf8").includes(root));
  });

  describe("does not take for an entry", () => {
    const cases: Readonly<Record<string, (folder: string) => void>> = {
      "half a manifest": (folder) => {
        const path = join(folder, "manifest.json");
        writeFileSync(path, readFileSync(path, "utf8").slice(0, 100));
      },
      "a manifest of another form": (folder) =>
        writeFileSync(join(folder, "manifest.json"), '{"format":2}'),
      // A signature that does not match is never good enough.
      "metadata that is not of its key": (folder) => {
        const path = join(folder, "manifest.json");
        writeFileSync(path, readFileSync(path, "utf8").replace('"26.3"', '"26.4"'));
      },
      "an entry of another key": (folder) =>
        cpSync(folder, join(dirname(folder), "f".repeat(64)), { recursive: true }),
    };
    for (const [name, change] of Object.entries(cases)) {
      it(name, async () => {
        const { folder, manifest } = await add();
        change(folder);
        const key = name.includes("another key") ? "f".repeat(64) : manifest.key;
        assert.match(await found(key), /^broken: /);
      });
    }
    it("a folder without a manifest", async () => {
      const { folder, manifest } = await add();
      unlinkSync(join(folder, "manifest.json"));
      assert.equal(await found(manifest.key), "none");
    });
    for (const [name, path] of [
      ["a path that goes up", "../x"],
      ["an absolute path", "/etc/passwd"],
      ["a path with a drive", "C:/x"],
      ["a path with a backslash", "a\\..\\..\\x"],
      ["a path with a dot", "a/./b"],
    ] as const) {
      it(`a manifest with ${name}`, async () => {
        const { manifest } = await add();
        const file = { path, size: 1, sha256: "a".repeat(64), executable: false };
        assert.equal(typeof parseProductList(JSON.stringify([file])), "string");
        assert.ok(!manifestSchema.safeParse({ ...manifest, testRun: path }).success);
      });
    }
    it("a manifest with a link that leads out", () => {
      for (const link of ["/etc", "../../x", "a/../../.."]) {
        const list = JSON.stringify([{ path: "d/l", link }]);
        assert.equal(typeof parseProductList(list), "string", link);
      }
      const inner = [{ path: "d/e/l", link: "../../x" }];
      assert.deepEqual(parseProductList(JSON.stringify(inner)), inner);
    });
    it("a list of files that is none, or not the one that was written", async () => {
      const inner = { path: "a", size: 1, sha256: "a".repeat(64), executable: false };
      for (const list of ["{", "{}", "[]", "[1]", JSON.stringify([{ ...inner, size: -1 }])]) {
        assert.equal(typeof parseProductList(list), "string", list);
      }
      const entry = await add();
      const path = join(entry.folder, "files.json");
      const text = readFileSync(path, "utf8");
      writeFileSync(path, JSON.stringify(JSON.parse(text).slice(1)));
      assert.equal(await store.validate(entry, { whole: false }), "its list of files is damaged");
    });
  });

  it("remembers what is bad, and why, until it is built anew", async () => {
    const entry = await add();
    await store.condemn(entry, "it did not come up");
    assert.equal(await found(entry.manifest.key), "condemned: it did not come up");
    const again = new EntryStore(store.folder, hasher);
    assert.equal((await again.find(entry.manifest.key)).kind, "condemned");
    await add();
    assert.equal(await found(entry.manifest.key), "found");
  });
  it("remembers that it is bad even when the mark is damaged", async () => {
    const entry = await add();
    await store.condemn(entry, "x");
    const [mark] = readdirSync(join(store.folder, "bad"));
    writeFileSync(join(store.folder, "bad", mark!), "{");
    assert.match(await found(entry.manifest.key), /^condemned/);
  });
  it("replaces an entry as a whole", async () => {
    const first = await add("a", 10);
    const second = await add("a", 2);
    assert.equal(first.folder, second.folder);
    assert.ok(!existsSync(join(second.products, `${host}/Resources/r9.bin`)));
    assert.equal(await store.validate(second, { whole: true }), undefined);
  });

  describe("stays within bounds (weakness: no pruning)", () => {
    const keysOf = async () => (await listEntries(store)).map(({ metadata: of }) => of?.source[0]);
    const all = { maxBytes: 1e9, maxEntries: 100 };

    it("of entries, those used last stay", async () => {
      for (const source of ["a", "b", "c"]) await add(source);
      await store.noteUse(cacheKey({ ...metadata, source: "a".repeat(64) }));
      assert.deepEqual(await keysOf(), ["a", "c", "b"]);
      await pruneCache(store, { ...all, maxEntries: 2 }, new Set());
      assert.deepEqual(await keysOf(), ["a", "c"]);
    });
    it("of bytes", async () => {
      for (const source of ["a", "b", "c"]) await add(source);
      const [{ bytes } = { bytes: 0 }] = await listEntries(store);
      await pruneCache(store, { ...all, maxBytes: bytes * 2 }, new Set());
      assert.deepEqual(await keysOf(), ["c", "b"]);
    });
    it("without any clock", async () => {
      for (const source of ["a", "b"]) await add(source);
      const used = join(store.folder, "used");
      for (const name of readdirSync(used)) {
        const { order } = JSON.parse(readFileSync(join(used, name), "utf8")) as { order: number };
        writeFileSync(join(used, name), JSON.stringify({ order, at: 4e12 / order }));
      }
      await add("c");
      assert.deepEqual(await keysOf(), ["c", "b", "a"]);
    });
    it("and keeps what is in use or being made", async () => {
      const keys = [];
      for (const source of ["a", "b", "c"]) keys.push((await add(source)).manifest.key);
      const lock = await store.lock(keys[1]!);
      const removed = await pruneCache(store, { maxBytes: 0, maxEntries: 0 }, new Set([keys[0]!]));
      lock.release();
      assert.deepEqual(removed, [keys[2]]);
      assert.deepEqual((await keysOf()).sort(), ["a", "b"]);
    });
    it("and drops the bad, what was left half built, and the trash", async () => {
      const bad = await add("a");
      await store.condemn(bad, "x");
      mkdirSync(store.staging("e".repeat(64)));
      mkdirSync(join(store.folder, "trash", "t", "d"), { recursive: true });
      await pruneCache(store, all, new Set());
      for (const name of ["entries", "staging", "trash", "bad", "used"]) {
        assert.deepEqual(readdirSync(join(store.folder, name)), [], name);
      }
    });
  });

  describe("moves an entry between machines", () => {
    for (const name of ["entry.tar.zst", "entry.tar.gz"]) {
      it(`as ${name}`, async () => {
        const { manifest } = await add();
        const file = join(root, name);
        await exportEntry(store, manifest.key, file);
        const other = new EntryStore(join(root, "other"), hasher);
        assert.equal(await importEntry(other, file), manifest.key);
        const result = await other.find(manifest.key);
        assert.ok(result.kind === "found");
        assert.equal(await other.validate(result.entry, { whole: true }), undefined);
        assert.deepEqual(readdirSync(join(other.folder, "trash")), []);
        assert.deepEqual(readdirSync(root).sort(), ["cache", name, "other"].sort());
      });
    }
    it("but not one that is damaged", async () => {
      const { manifest, products } = await add();
      write(products, program, "other");
      await assert.rejects(exportEntry(store, manifest.key, join(root, "e.tar.gz")), {
        code: "no-entry",
      });
      assert.deepEqual(readdirSync(root), ["cache"]);
    });
    const tampering: Readonly<Record<string, (folder: string) => void>> = {
      "a program that is not of its list": (folder) =>
        write(join(folder, "products"), program, "program of z", 0o755),
      "a file that is not in its list": (folder) => write(join(folder, "products"), "more", "x"),
      "a list that is not its own": (folder) => write(folder, "files.json", "[]"),
      "a key that is not its own": (folder) => {
        const path = join(folder, "manifest.json");
        writeFileSync(path, readFileSync(path, "utf8").replace('"17C529"', '"17C530"'));
      },
      "no manifest": (folder) => unlinkSync(join(folder, "manifest.json")),
      "a list that leads out": (folder) => {
        const list = JSON.stringify([{ path: "../../../x", link: "y" }]);
        write(folder, "files.json", list);
        const path = join(folder, "manifest.json");
        const manifest = JSON.parse(readFileSync(path, "utf8")) as Manifest;
        const files = { count: 1, sha256: sha256(list) };
        writeFileSync(path, JSON.stringify({ ...manifest, files }));
      },
    };
    for (const [name, tamper] of Object.entries(tampering)) {
      it(`and takes in none with ${name}`, async () => {
        const { manifest, folder } = await add();
        const other = join(root, "tampered");
        cpSync(folder, other, { recursive: true, verbatimSymlinks: true });
        tamper(other);
        const file = join(root, "e.tar.gz");
        execFileSync("tar", ["-czf", file, "-C", other, "."]);
        await assert.rejects(importEntry(store, file), { code: "bad-archive" });
        // What was there is there, and nothing else.
        const result = await store.find(manifest.key);
        assert.ok(result.kind === "found" && result.entry.manifest.id === manifest.id);
        assert.equal(await store.validate(result.entry, { whole: true }), undefined);
        assert.deepEqual(readdirSync(join(store.folder, "trash")), []);
      });
    }
    describe("and takes in none that leads out", () => {
      const outside = () => join(root, "outside");
      /** An honest entry's own members, with others before or after them. */
      async function pack(
        name: string,
        change: (honest: readonly TarMember[]) => readonly TarMember[],
      ): Promise<string> {
        const { folder } = await add("a", 0);
        const read = (path: string) => readFileSync(join(folder, path), "utf8");
        const honest: TarMember[] = [
          ...["manifest.json", "files.json"].map((path) => ({ name: path, text: read(path) })),
          ...listOf({ folder } as Entry).map((file) => ({
            name: `products/${file.path}`,
            ...("link" in file
              ? { link: file.link }
              : { text: read(`products/${file.path}`), executable: file.executable }),
          })),
        ];
        const file = join(root, name);
        const tar = tarOf(change(honest));
        writeFileSync(file, name.endsWith(".zst") ? zstdCompressSync(tar) : gzipSync(tar));
        return file;
      }
      const hostile: Readonly<
        Record<string, (honest: readonly TarMember[]) => readonly TarMember[]>
      > = {
        "a name that goes up": (honest) => [...honest, { name: "../../../outside/x", text: "x" }],
        "a name that goes up from within": (honest) => [
          ...honest,
          { name: "products/../../../../outside/x", text: "x" },
        ],
        "an absolute name": (honest) => [...honest, { name: join(outside(), "x"), text: "x" }],
        "a link out, and a file through it": (honest) => [
          { name: "products", folder: true },
          { name: "products/out", link: outside() },
          { name: "products/out/x", text: "x" },
          ...honest,
        ],
        "a relative link out, and a file through it": (honest) => [
          { name: "products", folder: true },
          { name: "products/out", link: "../../../../outside" },
          { name: "products/out/x", text: "x" },
          ...honest,
        ],
        "products that are a link": (honest) => [
          ...honest.filter(({ name }) => !name.startsWith("products/")),
          { name: "products", link: join(outside(), "e/products") },
        ],
        "a manifest that is a link": (honest) => [
          ...honest.filter(({ name }) => name !== "manifest.json"),
          {
            name: "manifest.json",
            link: join(outside(), "e/manifest.json"),
          },
        ],
        "a hard link out": (honest) => [
          ...honest,
          { name: "products/secret", link: join(outside(), "secret"), hard: true },
        ],
        "a link in place of a program": (honest) =>
          honest.map((member) =>
            member.name === `products/${program}` ? { name: member.name, link: "/bin/sh" } : member,
          ),
        "one member more beside the entry": (honest) => [...honest, { name: "more", text: "x" }],
      };
      const onlyKey = () => readdirSync(join(store.folder, "entries"))[0]!;

      it("but the honest one that they are made of", async () => {
        const file = await pack("e.tar.gz", (honest) => honest);
        const other = new EntryStore(join(root, "other"), hasher);
        assert.equal(await importEntry(other, file), onlyKey());
      });
      for (const [name, change] of Object.entries(hostile)) {
        for (const format of ["e.tar.gz", "e.tar.zst"]) {
          it(`${name}, ${format}`, async () => {
            mkdirSync(outside());
            writeFileSync(join(outside(), "secret"), "secret");
            const file = await pack(format, change);
            const entry = join(store.folder, "entries", onlyKey());
            cpSync(entry, join(outside(), "e"), { recursive: true, verbatimSymlinks: true });
            const before = readdirSync(outside(), { recursive: true });
            const other = new EntryStore(join(root, "other"), hasher);
            await assert.rejects(importEntry(other, file), { code: "bad-archive" });
            assert.deepEqual(readdirSync(outside(), { recursive: true }), before);
            assert.deepEqual(readdirSync(join(other.folder, "entries")), []);
            assert.deepEqual(readdirSync(join(other.folder, "trash")), []);
            assert.deepEqual(readdirSync(root).sort(), ["cache", format, "other", "outside"]);
          });
        }
      }
    });
    it("and takes in nothing else", async () => {
      const file = join(root, "e.tar.gz");
      writeFileSync(file, "no archive");
      await assert.rejects(importEntry(store, file), { code: "bad-archive" });
      assert.deepEqual(readdirSync(join(store.folder, "trash")), []);
      await assert.rejects(importEntry(store, join(root, "e.zip")), { code: "bad-input" });
    });
    it("and says so when there is nothing to move", async () => {
      const missing = exportEntry(store, "f".repeat(64), join(root, "e.tar.zst"));
      await assert.rejects(missing, { code: "no-entry" });
    });
  });

  it("reads a bounded sample, with all that nothing runs without", async () => {
    const entry = await add("a", 1_000);
    const { essential } = entry.manifest;
    const list = listOf(entry);
    for (let i = 0; i < 20; i++) {
      const read = [...sampleOf(list, essential)].map((index) => list[index]!.path);
      assert.equal(new Set(read).size, 64);
      for (const path of ["R.xctestrun", program, `${host}/Info.plist`]) {
        assert.ok(read.includes(path), path);
      }
    }
    const large = list.map((file) => ("size" in file ? { ...file, size: 1e9 } : file));
    assert.ok(sampleOf(large, essential).length <= 5);
  });
});
