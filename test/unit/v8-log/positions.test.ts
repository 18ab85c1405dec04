import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, it } from "mocha";
import {
  escapeField,
  readLog,
  stackOf,
  stacksOf,
  V8Log,
  warningsOf,
} from "../../generators/v8-log.ts";

const url = "/app/a.js";
const hot = { address: 0x1000, name: `hot ${url}:1:13` };
const text = "function hot() {\n  a();\n  b();\n}\nfunction inner() {\n  c();\n}\n";
const at = (part: string) => text.indexOf(part);

/** A log with `hot` of a tier, whose instructions 0, 8, 16 belong to a(), b() and a(). */
function logOf(mark: string, source: string | undefined = text): V8Log {
  const log = new V8Log().begin().code({ ...hot, mark });
  if (source !== undefined) log.script(7, url, source);
  const table = `C0O${at("a()")}C8O${at("b()")}C16O${at("a()")}`;
  return log.source({ address: 0x1000, script: 7, start: at("() {"), end: 30, table });
}

describe("v8-log positions", () => {
  it("gives the instruction's own line where it runs, the call's where it returns to", async () => {
    for (const [mark, tier] of [
      ["+", "maglev"],
      ["*'", "turbofan"],
    ] as const) {
      const log = logOf(mark).tick({ pc: 0x1008, time: 1, frames: [0x1008, 0x1009] });
      // A return address stands behind the call: 0x1008 returns into `b()` out of `a()`.
      assert.deepEqual(stackOf(await readLog(log), 0), [
        `hot ${url}:3:3 ${tier}`,
        `hot ${url}:2:3 ${tier}`,
        `hot ${url}:3:3 ${tier}`,
      ]);
    }
  });

  it("goes by the last table that was logged for code", async () => {
    const log = logOf("*").tick({ pc: 0x1008, time: 1 });
    const table = `C0O${at("a()")}`;
    log.source({ address: 0x1000, script: 7, start: at("() {"), end: 30, table });
    assert.deepEqual(stacksOf(await readLog(log.tick({ pc: 0x1008, time: 2 }))), [
      [`hot ${url}:3:3 turbofan`],
      [`hot ${url}:2:3 turbofan`],
    ]);
  });

  it("takes an interpreted frame's address as the offset of its bytecode", async () => {
    const log = logOf("~").tick({ pc: 0x9000, time: 1, frames: [0x1008, 0x1007, 0x1010] });
    assert.deepEqual(stackOf(await readLog(log), 0), [
      "(unaccounted)",
      `hot ${url}:3:3 interpreter`,
      `hot ${url}:2:3 interpreter`,
      `hot ${url}:2:3 interpreter`,
    ]);
  });

  it("gives baseline code the function's own position", async () => {
    const log = logOf("^").tick({ pc: 0x1008, time: 1, frames: [0x1009] });
    const frame = `hot ${url}:1:13 baseline`;
    assert.deepEqual(stackOf(await readLog(log), 0), [frame, frame]);
  });

  it("gives what stands before the first row the function's own position", async () => {
    const log = new V8Log()
      .begin()
      .code({ ...hot, mark: "*" })
      .script(7, url, text);
    log.source({ address: 0x1000, script: 7, start: at("() {"), table: `C8O${at("b()")}` });
    const profile = await readLog(log.tick({ pc: 0x1004, time: 1 }));
    assert.deepEqual(stackOf(profile, 0), [`hot ${url}:1:13 turbofan`]);
  });

  it("takes inlined functions apart, across scripts", async () => {
    const log = new V8Log().begin().script(7, url, text).script(8, "/lib/b.js", "\n\nleaf()");
    log.code({ address: 0x4000, name: `inner ${url}:5:15`, sfi: 0x41, mark: "~" });
    log.source({ address: 0x4000, script: 7, start: at("() {\n  c"), table: "" });
    log.code({ address: 0x5000, name: "leaf /lib/b.js:3:1", sfi: 0x51, mark: "~" });
    log.source({ address: 0x5000, script: 8, start: 2, table: "" });
    log.code({ ...hot, mark: "*" });
    log.source({
      address: 0x1000,
      script: 7,
      start: at("() {"),
      table: `C0O${at("a()")}C8O${at("c()")}I0C16O6I1C24O${at("b()")}`,
      inlinings: `F0O${at("a()")}F1O${at("c()")}I0`,
      sfis: [0x41, 0x51],
    });
    for (const pc of [0x1000, 0x1008, 0x1010, 0x1018]) log.tick({ pc, time: pc });
    const profile = await readLog(log);
    const tier = "turbofan";
    assert.deepEqual(stacksOf(profile), [
      [`hot ${url}:2:3 ${tier}`],
      [`inner ${url}:6:3 ${tier} inlined`, `hot ${url}:2:3 ${tier}`],
      [
        `leaf /lib/b.js:3:5 ${tier} inlined`,
        `inner ${url}:6:3 ${tier} inlined`,
        `hot ${url}:2:3 ${tier}`,
      ],
      [`hot ${url}:3:3 ${tier}`],
    ]);
    assert.deepEqual(warningsOf(profile), {});
  });

  it("leaves out the engine's own inlined functions, and counts those that are not logged", async () => {
    const log = new V8Log()
      .begin()
      .script(7, url, text)
      .code({ ...hot, mark: "*" });
    log.source({
      address: 0x1000,
      script: 7,
      start: at("() {"),
      table: "C0O3I0C8O3I1",
      inlinings: `FO${at("a()")}F0O${at("b()")}`,
      sfis: [0x99],
    });
    const profile = await readLog(log.tick({ pc: 0x1000, time: 1 }).tick({ pc: 0x1008, time: 2 }));
    assert.deepEqual(stacksOf(profile), [[`hot ${url}:2:3 turbofan`], [`hot ${url}:3:3 turbofan`]]);
    assert.deepEqual(warningsOf(profile), { "unknown-inlined-function": 1 });
  });

  it("follows a function that moves before it is inlined", async () => {
    const log = new V8Log().begin().script(7, url, text);
    log.code({ address: 0x4000, name: `inner ${url}:5:15`, sfi: 0x41, mark: "~" });
    log.source({ address: 0x4000, script: 7, start: at("() {\n  c") });
    log.add("sfi-move", "0x41", "0x61").code({ ...hot, mark: "*" });
    const table = `C0O${at("c()")}I0`;
    const inlinings = `F0O${at("a()")}`;
    log.source({ address: 0x1000, script: 7, start: at("() {"), table, inlinings, sfis: [0x61] });
    const profile = await readLog(log.tick({ pc: 0x1000, time: 1 }));
    assert.equal(stackOf(profile, 0)[0], `inner ${url}:6:3 turbofan inlined`);
  });

  describe("line ends", () => {
    const cases: [name: string, text: string][] = [
      ["line feeds", "1\n2\n x"],
      ["carriage returns", "1\r2\r x"],
      ["both", "1\r\n2\r\n x"],
      ["separators", "1\u20282\u2029 x"],
      ["escapes of one unit each", "é,日\\\u{1F600}\n2\n x"],
      ["a return and then an empty line", "1\r\n\r\n x"],
    ];
    for (const [name, source] of cases) {
      it(`counts ${name}`, async () => {
        const log = new V8Log().begin().script(7, url, source);
        log.code({ address: 0x1000, name: ` ${url}:1:1`, mark: "*" });
        log.source({ address: 0x1000, script: 7, table: `C0O${source.indexOf("x")}` });
        const profile = await readLog(log.tick({ pc: 0x1000, time: 1 }));
        assert.deepEqual(stackOf(profile, 0), [`${url}:3:2 turbofan`]);
      });
    }
  });

  it("adds the lines before an inline script of a page", async () => {
    const log = new V8Log().begin().script(7, url, "f();\ng();");
    log.code({ address: 0x1000, name: ` ${url}:21:9`, mark: "*" });
    log.source({ address: 0x1000, script: 7, start: 0, table: "C0O0C8O5" });
    const profile = await readLog(log.tick({ pc: 0x1000, time: 1 }).tick({ pc: 0x1008, time: 2 }));
    assert.deepEqual(stacksOf(profile), [[`${url}:21:9 turbofan`], [`${url}:22:1 turbofan`]]);
  });

  describe("without the source in the log", () => {
    it("takes the lines from the file, path or URL, while it is what was run", async () => {
      const folder = await mkdtemp(join(tmpdir(), "hangscope v8,é-"));
      const path = join(folder, "a.js");
      const source = `//\n${text}`;
      const read = (place: string) => {
        const name = `hot ${escapeField(place)}:2:13`;
        const log = new V8Log().begin().code({ address: 0x1000, name, mark: "*" });
        const [start, b] = ["() {", "b()"].map((part) => source.indexOf(part));
        log.source({ address: 0x1000, script: 7, start: start!, table: `C0O${b}` });
        return readLog(log.tick({ pc: 0x1000, time: 1 }));
      };
      try {
        await writeFile(path, source);
        for (const place of [path, pathToFileURL(path).href]) {
          const profile = await read(place);
          assert.deepEqual(stackOf(profile, 0), [`hot ${place}:4:3 turbofan`]);
          assert.deepEqual(warningsOf(profile), {});
        }
        // Every position is where it was, one line further down.
        await writeFile(path, source.replace("//\n", "/\n\n"));
        const profile = await read(path);
        assert.deepEqual(stackOf(profile, 0), [`hot ${path}:2:13 turbofan`]);
        assert.deepEqual(warningsOf(profile), { "source-mismatch": 1 });
      } finally {
        await rm(folder, { recursive: true });
      }
    });

    for (const place of [
      "/no/such.js",
      "\\\\host\\share\\a.js",
      "file://host/a.js",
      "/dev/zero",
      "node:fs",
    ]) {
      it(`gives functions of ${place} their own lines, and counts`, async () => {
        const log = new V8Log()
          .begin()
          .code({ address: 0x1000, name: `hot ${place.replaceAll("\\", "\\\\")}:1:13`, mark: "*" });
        log.source({ address: 0x1000, script: 7, start: 12, table: "C0O20" });
        const profile = await readLog(log.tick({ pc: 0x1000, time: 1 }));
        assert.deepEqual(stackOf(profile, 0), [`hot ${place}:1:13 turbofan`]);
        assert.deepEqual(warningsOf(profile), { "source-missing": 1 });
      });
    }
  });

  describe("magic comments", () => {
    const scriptLog = (source: string, name = url) => {
      const log = new V8Log().begin().script(7, name, source);
      log.code({ address: 0x1000, name: `hot ${name === "<unknown>" ? "" : name}:1:1`, mark: "*" });
      log.source({ address: 0x1000, script: 7, table: "C0O0" });
      return log.tick({ pc: 0x1000, time: 1 });
    };

    it("tells where each used script's source map is", async () => {
      const inline = "data:application/json;base64,eyJ2ZXJzaW9uIjozfQ==";
      for (const [comment, sourceMapUrl] of [
        ["//# sourceMappingURL=a.js.map", "a.js.map"],
        ["//@ sourceMappingURL=a,b.map  ", "a,b.map"],
        [`x //# sourceMappingURL=${inline}\n// end`, inline],
        ["//# sourceMappingURL=old\n//# sourceMappingURL=new\n", "new"],
      ] as const) {
        const log = scriptLog(`x\n${comment}`).script(8, "/unused.js", "//# sourceMappingURL=no");
        assert.deepEqual((await readLog(log)).scripts, [{ url, sourceMapUrl }]);
      }
    });

    it("names code from eval by its sourceURL", async () => {
      const log = scriptLog("x\n//# sourceURL=webpack:///a,b.js\n", "<unknown>");
      assert.deepEqual(stackOf(await readLog(log), 0), ["hot webpack:///a,b.js:1:1 turbofan"]);
    });
  });
});
