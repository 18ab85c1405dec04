import assert from "node:assert/strict";
import fc from "fast-check";
import { candidatesBelow, sourcePlace } from "../../src/results/source-place.ts";

describe("sourcePlace", () => {
  const cases: [url: string, kind: string, path?: string][] = [
    ["file:///app/src/a%20b.ts", "path", "/app/src/a b.ts"],
    ["/app/src/a.ts", "path", "/app/src/a.ts"],
    ["file:///C:/app/a.ts", "path", "C:/app/a.ts"],
    ["C:\\app\\a.ts", "path", "C:\\app\\a.ts"],
    ["src/a.ts", "suffix", "src/a.ts"],
    ["data/a.ts", "suffix", "data/a.ts"],
    ["https://shop.example/assets/a%20b.js?v=3#top", "suffix", "/assets/a b.js"],
    ["webpack://shop/./src/a.ts", "suffix", "/./src/a.ts"],
    // Another machine's share: opening it would call that machine.
    ["file://evil.example/share/a.ts", "suffix", "//evil.example/share/a.ts"],
    ["\\\\evil.example\\share\\a.ts", "suffix", "\\\\evil.example\\share\\a.ts"],
    ["", "internal"],
    ["node:internal/fs/promises", "internal"],
    ["data:text/javascript,burn()", "internal"],
    ["[eval]", "internal"],
    ["<anonymous>", "internal"],
    ["eval at run (/app/a.js:3:5)", "internal"],
  ];
  for (const [url, kind, path] of cases) {
    it(`takes ${JSON.stringify(url)} for ${kind}`, () => {
      assert.deepEqual(sourcePlace(url), path === undefined ? { kind } : { kind, path });
    });
  }
});

describe("candidatesBelow", () => {
  it("tries the longest end of the path first, and no bare name of elsewhere", () => {
    assert.deepEqual(candidatesBelow("/work/shop", "/home/ci/shop/src/a.ts"), [
      "home/ci/shop/src/a.ts",
      "ci/shop/src/a.ts",
      "shop/src/a.ts",
      "src/a.ts",
    ]);
  });

  it("takes a bare name when its folder has the workspace's name, or when it has none", () => {
    assert.deepEqual(candidatesBelow("/work/shop/", "C:\\ci\\shop\\a.ts").at(-1), "a.ts");
    assert.deepEqual(candidatesBelow("/work/shop", "/a.ts"), ["a.ts"]);
  });

  it("never leads out of the folder", () => {
    const segment = fc.constantFrom("..", ".", "", "a", "b.ts", "C:", "\\", "//");
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 12 }), fc.constantFrom("/", "\\"), (parts, by) => {
        for (const candidate of candidatesBelow("/work/shop", parts.join(by))) {
          const segments = candidate.split("/");
          assert.ok(!segments.includes("..") && !segments.includes(""), candidate);
          assert.ok(!candidate.includes("\\"), candidate);
        }
      }),
    );
  });
});
