/** The weaknesses of an existing runner, each with the test that shows that it is not ours. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** A part of the name of a test, and its file. */
const weaknesses: Readonly<Record<string, readonly [file: string, test: string]>> = {
  "the project file was not in the source hash": [
    "server/runner/prepare",
    "project file changed (weakness",
  ],
  "the scheme was not in the source hash": ["server/runner/prepare", "scheme changed (weakness"],
  "no host architecture in simulator keys": [
    "unit/runner/cache-key",
    "host's architecture (weakness",
  ],
  "a failed probe became “unknown”": ["unit/runner/cache-key", "a failed probe became “unknown”"],
  "a failed probe stuck": [
    "server/runner/prepare",
    "could not be asked (weakness: “unknown” stuck)",
  ],
  "order-sensitive equality": ["unit/runner/cache-key", "(weakness: order-sensitive)"],
  "schema version not bumped": ["unit/runner/cache-key", "(weakness: not bumped)"],
  "a signature mismatch reused the artifact": [
    "unit/runner/entry-store",
    "metadata that is not of its key",
  ],
  ".app folders only looked at": [
    "unit/runner/entry-store",
    "(weakness: .app folders were only looked at",
  ],
  "built in the live folder": [
    "server/runner/killed-server",
    "(weakness: interrupted builds destroyed the cache)",
  ],
  "an interrupted build destroyed the cache": [
    "server/runner/killed-server",
    "goes on with what an interrupted build has left",
  ],
  "metadata not atomic": ["unit/runner/entry-store", "half a manifest"],
  "absolute paths": ["unit/runner/xctestrun", "(weakness: absolute paths)"],
  mtimes: ["unit/runner/entry-store", "does not mind any clock (weakness: mtimes)"],
  "no restore in CI": ["server/runner/tools", "one gate for a build"],
  "two full rebuilds after one bad restore": [
    "server/runner/prepare",
    "(weakness: two full rebuilds)",
  ],
  "780 s against a limit of 240 s": ["server/runner/prepare", "(weakness: 780 s against 240 s)"],
  "concurrent prepares failed": ["server/runner/interrupted", "(weakness: concurrent ones failed)"],
  "synchronous probes": ["server/runner/prepare", "(weakness: synchronous probes)"],
  "polling ps": ["unit/runner/processes", "(weakness: polling ps)"],
  "no pruning": ["unit/runner/entry-store", "(weakness: no pruning)"],
  "early exit masked as “did not connect”": [
    "server/runner/prepare",
    "(weakness: two full rebuilds)",
  ],
  "output of an early exit dropped": ["server/runner/prepare", "(weakness: two full rebuilds)"],
  "health proved a listener": ["server/runner/prepare", "(weakness: health proved a listener)"],
};

describe("the weaknesses of an existing runner", () => {
  it("are 24", () => assert.equal(Object.keys(weaknesses).length, 24));
  for (const [weakness, [file, test]] of Object.entries(weaknesses)) {
    it(`${weakness}: a test says that it is not ours`, () => {
      assert.ok(readFileSync(join(root, `${file}.test.ts`), "utf8").includes(test));
    });
  }
  it("polling ps: nothing waits for a process by starting another", () => {
    const waiting = globSync("../src/runner/**/*.ts", { cwd: root }).flatMap((path) => {
      const text = readFileSync(join(root, path), "utf8");
      return /while[^{]*\{[^}]*\b(?:identify|isSame|run)\(/.test(text) ? [path] : [];
    });
    assert.deepEqual(waiting, []);
  });
});
