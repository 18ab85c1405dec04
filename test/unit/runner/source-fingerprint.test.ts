/** One hash over all that a runner is built from, and none for what it is not. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Hasher } from "../../../src/runner/hashing/hasher.ts";
import { sourceFingerprint } from "../../../src/runner/source-fingerprint.ts";

const project = "R.xcodeproj";
const scheme = `${project}/xcshareddata/xcschemes/R.xcscheme`;
const files: Readonly<Record<string, string>> = {
  [`${project}/project.pbxproj`]: "// !$*UTF8*$!",
  [scheme]: "<Scheme/>",
  "Sources/Main.swift": "main",
  "Sources/Größe.swift": "size",
  "Runner.xcconfig": "A = 1",
  "Resources/Assets.xcassets/Contents.json": "{}",
  "Info.plist": "<plist/>",
};
/** What builds and editors leave, and what git ignores without a build reading it. */
const ignored = [
  "DerivedData/x.o",
  "build/y.swift",
  "node_modules/z/z.swift",
  `${project}/xcuserdata/ada.xcuserdatad/UserInterfaceState.xcuserstate`,
  ".DS_Store",
];

describe("the fingerprint of a runner's sources", () => {
  let root: string;
  let hasher: Hasher;
  before(() => {
    hasher = new Hasher();
  });
  after(() => hasher.dispose());
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "hangscope-sources-"));
    for (const [path, text] of Object.entries(files)) write(path, text);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const git = (...args: string[]) => {
    const author = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "init.defaultBranch=main"];
    execFileSync("git", [...author, ...args], { cwd: root, stdio: "ignore" });
  };
  const fingerprint = (sources: string[] = [], signal?: AbortSignal) =>
    sourceFingerprint({ project: join(root, project), scheme: "R", sources }, hasher, {}, signal);

  for (const inGit of [true, false]) {
    describe(inGit ? "in git" : "without git", () => {
      beforeEach(() => {
        if (!inGit) return;
        write(
          ".gitignore",
          "DerivedData\nbuild\nnode_modules\nxcuserdata\n.DS_Store\nLocal.xcconfig\nVendor\n*.log\n",
        );
        git("init");
        git("add", ".");
        git("commit", "-m", "x");
      });

      for (const path of Object.keys(files)) {
        it(`changes with ${path} (weakness: project and scheme were not in it)`, async () => {
          const before = await fingerprint();
          write(path, `${files[path]} changed`);
          assert.notEqual(await fingerprint(), before);
          write(path, files[path]!);
          assert.equal(await fingerprint(), before);
        });
      }
      const changes: Readonly<Record<string, () => void>> = {
        "a file that is new": () => write("Sources/New.swift", ""),
        "a file that is gone": () => unlinkSync(join(root, "Sources/Main.swift")),
        "a file that has another name": () =>
          renameSync(join(root, "Sources/Main.swift"), join(root, "Sources/Main2.swift")),
        "a file that may run": () => chmodSync(join(root, "Sources/Main.swift"), 0o755),
        "a link in place of a file": () => {
          unlinkSync(join(root, "Sources/Main.swift"));
          symlinkSync("Größe.swift", join(root, "Sources/Main.swift"));
        },
        "a scheme that is not shared": () =>
          write(`${project}/xcuserdata/ada.xcuserdatad/xcschemes/R.xcscheme`, "<Scheme/>"),
        "settings that git does not know": () => write("Local.xcconfig", "TEAM = X"),
        "code that git does not know": () => write("Vendor/lib.m", "x"),
        "content of the same size and times": () => {
          const path = join(root, "Sources/Main.swift");
          writeFileSync(path, "niam");
          utimesSync(path, 1e9, 1e9);
        },
      };
      for (const [name, change] of Object.entries(changes)) {
        it(`changes with ${name}`, async () => {
          utimesSync(join(root, "Sources/Main.swift"), 1e9, 1e9);
          const before = await fingerprint();
          change();
          assert.notEqual(await fingerprint(), before);
        });
      }
      it("does not change with what builds and editors leave", async () => {
        const before = await fingerprint();
        for (const path of ignored) write(path, "x");
        assert.equal(await fingerprint(), before);
      });
      it("does not change with times", async () => {
        const before = await fingerprint();
        for (const path of Object.keys(files)) utimesSync(join(root, path), 4e9, 4e9);
        assert.equal(await fingerprint(), before);
      });
      it("is the same in another folder", async () => {
        const before = await fingerprint();
        const moved = `${root}-moved`;
        renameSync(root, moved);
        root = moved;
        assert.equal(await fingerprint(), before);
      });
    });
  }

  it("changes with what is not yet committed, and not with the commit", async () => {
    git("init");
    git("add", ".");
    git("commit", "-m", "x");
    write("Sources/Main.swift", "changed");
    const before = await fingerprint();
    git("commit", "-am", "y");
    assert.equal(await fingerprint(), before);
  });
  it("reads a repository inside this one", async () => {
    git("init");
    git("add", ".");
    write("Inner/Sources/I.swift", "one");
    execFileSync("git", ["init"], { cwd: join(root, "Inner"), stdio: "ignore" });
    const before = await fingerprint();
    write("Inner/Sources/I.swift", "two");
    assert.notEqual(await fingerprint(), before);
  });
  it("changes with more folders that it is built from", async () => {
    const more = mkdtempSync(join(tmpdir(), "hangscope-more-"));
    try {
      writeFileSync(join(more, "Shared.swift"), "a");
      const before = await fingerprint([more]);
      assert.notEqual(before, await fingerprint());
      writeFileSync(join(more, "Shared.swift"), "b");
      assert.notEqual(await fingerprint([more]), before);
    } finally {
      rmSync(more, { recursive: true });
    }
  });
  it("is an error where there is nothing to read", async () => {
    await assert.rejects(fingerprint([join(root, "nope")]), { code: "unreadable-sources" });
  });
  it("ends when nobody waits for it any more, and goes on with the next", async () => {
    writeFileSync(join(root, "Sources/Big.swift"), Buffer.alloc(64 * 1024 * 1024, 2));
    await assert.rejects(fingerprint([], AbortSignal.timeout(15)), { name: "TimeoutError" });
    unlinkSync(join(root, "Sources/Big.swift"));
    assert.match(await fingerprint(), /^[0-9a-f]{64}$/);
  });
});
