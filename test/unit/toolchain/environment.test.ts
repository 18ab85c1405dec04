import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { mergeEnvironments, spellingOf } from "../../../src/toolchain/environment.ts";

describe("environments", () => {
  it("lie over each other, the last one on top", () => {
    const merged = mergeEnvironments([{ A: "1", B: "1" }, { B: "2" }, { C: "3" }], "linux");
    assert.deepEqual(merged, { A: "1", B: "2", C: "3" });
  });

  it("take a variable away that a later one has not", () => {
    for (const platform of ["linux", "win32"] as const) {
      assert.deepEqual(mergeEnvironments([{ A: "1", B: "1" }, { A: undefined }], platform), {
        B: "1",
      });
    }
    assert.deepEqual(mergeEnvironments([{ Path: "1" }, { PATH: undefined }], "win32"), {});
  });

  it("have one PATH on Windows, however each spells it", () => {
    const server = { Path: "C:\\server", SystemRoot: "C:\\Windows" };
    const caller = { PATH: "C:\\caller" };
    assert.deepEqual(mergeEnvironments([server, caller], "win32"), {
      Path: "C:\\caller",
      SystemRoot: "C:\\Windows",
    });
    const capture = { path: "C:\\shim;C:\\caller" };
    assert.deepEqual(mergeEnvironments([caller, server, capture], "win32"), {
      PATH: "C:\\shim;C:\\caller",
      SystemRoot: "C:\\Windows",
    });
    // Whoever spells one variable twice means the latter.
    assert.deepEqual(mergeEnvironments([{ Path: "1", PATH: "2" }], "win32"), { Path: "2" });
  });

  it("keep apart elsewhere what differs by case", () => {
    const merged = mergeEnvironments([{ Path: "1" }, { PATH: "2" }], "linux");
    assert.deepEqual(merged, { Path: "1", PATH: "2" });
  });

  it("are looked into as the platform does", () => {
    assert.equal(spellingOf({ Path: "1" }, "PATH", "win32"), "Path");
    assert.equal(spellingOf({ Path: "1" }, "PATH", "linux"), "PATH");
    assert.equal(spellingOf({}, "PATH", "win32"), "PATH");
  });
});
