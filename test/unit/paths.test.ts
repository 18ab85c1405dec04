import assert from "node:assert/strict";
import { samePath, urlToPath } from "../../src/profile/paths.ts";

describe("paths", () => {
  const paths: [string, string][] = [
    ["file:///app/one.js", "/app/one.js"],
    ["file:///app/with%20space.js", "/app/with space.js"],
    ["file:///app/100%.js", "/app/100%.js"],
    ["file:///C:/app/one.js", "C:/app/one.js"],
    ["file://server/share/one.js", "//server/share/one.js"],
    ["/app/one.js", "/app/one.js"],
    ["C:\\app\\one.js", "C:\\app\\one.js"],
    ["node:fs", "node:fs"],
    ["", ""],
  ];
  for (const [url, path] of paths) {
    it(`reads ${url || "nothing"} as ${path || "nothing"}`, () => {
      assert.equal(urlToPath(url), path);
    });
  }

  it("compares as the platform that wrote the path would", () => {
    assert.ok(samePath("file:///C:/App/one.js", "c:\\app\\ONE.js"));
    assert.ok(samePath("file:///app/one.js", "/app/one.js"));
    assert.ok(!samePath("/app/one.js", "/app/ONE.js"));
    assert.ok(!samePath("/app/one.js", "/app/one.jsx"));
  });
});
