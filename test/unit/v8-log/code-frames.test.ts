import assert from "node:assert/strict";
import type { Code } from "../../../src/formats/v8-log/code.ts";
import { CodeFrames } from "../../../src/formats/v8-log/code-frames.ts";
import { FileSpans } from "../../../src/formats/v8-log/file-spans.ts";
import { ScriptFiles } from "../../../src/formats/v8-log/script-files.ts";
import { SourceTables } from "../../../src/formats/v8-log/source-tables.ts";
import { ProfileBuilder } from "../../../src/profile/builder.ts";

describe("the frames of code", () => {
  it("remember each offset that was met, and no more of them than the code has", () => {
    const noFile = -1;
    const spans = new FileSpans(noFile);
    const tables = new SourceTables(spans);
    const frames = new CodeFrames(new ProfileBuilder(), spans, tables, new ScriptFiles());
    const code: Code = {
      start: 0x1000,
      size: 40,
      kind: "builtin",
      tier: "unknown",
      name: "ArrayMap",
      func: undefined,
      table: undefined,
      callees: [],
      metAt: undefined,
      plainChain: -1,
    };
    for (let i = 0; i < 10_000; i++) frames.at(code, code.start + (i % 40), true);
    assert.ok(code.metAt!.length <= 80, `${code.metAt!.length} offsets`);
    assert.equal(new Set(code.metAt).size, 40);
  });
});
