/**
 * What Node's own `--prof-process` gets wrong, by the numbers of our list: each must be right
 * here. Real logs of every engine are in `real-logs.test.ts`.
 */
import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  categoryOf,
  hex,
  readLog,
  stackOf,
  stacksOf,
  V8Log,
  warningsOf,
} from "../../generators/v8-log.ts";
import { cpuMs } from "../../support/cpu-time.ts";

const url = "/app/a.js";
const megabyte = 1024 * 1024;

describe("v8-log: the faults of --prof-process", () => {
  it("1: code of marks it does not know holds its ticks", async () => {
    const log = new V8Log().begin("15,6,1,2,0");
    log.code({ address: 0x1000, name: `start ${url}:9:1`, mark: "~" });
    log.code({ address: 0x2000, name: `peg ${url}:1:1`, mark: "o*" });
    for (let time = 0; time < 100; time++) log.tick({ pc: 0x2000 + time, time, frames: [0x1010] });
    const profile = await readLog(log);
    const stacks = stacksOf(profile).map((stack) => stack[0]);
    assert.deepEqual(new Set(stacks), new Set([`peg ${url}:1:1 turbofan`]));
    assert.deepEqual(warningsOf(profile), {});
  });

  describe("3: builtins that run from a copy in the code range", () => {
    const blob = 0x18c4000;
    const range = 0x7f3dbc000000;
    const names = ["ArrayMap", "LdaNamedProperty", "ArrayForEach", "LoadIC"];
    const size = names.length * 0x1000;
    /** Where V8 puts the copy: at the end of 512 MB, in units of 256 KB. */
    const ruled = range + 512 * megabyte - 256 * 1024;

    const builtinsLog = (base: number, samples: number) => {
      const log = new V8Log().begin().add("new", "CodeRange", hex(range), 0);
      log.library("/bin/node", 0x400000, 0x25fe000);
      names.forEach((name, i) => {
        const type = name.startsWith("Lda") ? "BytecodeHandler" : "Builtin";
        // Shorter than their distance: a wrong base misses.
        log.code({ type, address: blob + i * 0x1000 + i * 0x40, size: 0x80, name });
      });
      log.code({ address: range + 0x3000, name: `js ${url}:1:1`, mark: "^" });
      for (let i = 0; i < samples; i++) {
        const at = i % names.length;
        const pc = base + at * 0x1000 + at * 0x40 + (i % 0x80);
        log.tick({ pc, time: i, frames: [range + 0x3010] });
      }
      return log;
    };
    const js = `js ${url}:1:1 baseline`;
    const expected = [["ArrayMap", js], [js], ["ArrayForEach", js], ["LoadIC", js]];

    it("are found by the rule for the copy's place", async () => {
      assert.ok(size < 256 * 1024);
      const profile = await readLog(builtinsLog(ruled, 4));
      assert.deepEqual(stacksOf(profile), expected);
      assert.equal(categoryOf(profile, 0), "builtin");
    });

    it("are found wherever the fewest samples miss, if the rule does not hold", async () => {
      const profile = await readLog(builtinsLog(range + 100 * megabyte + 0x5000, 400));
      assert.deepEqual(stacksOf(profile).slice(0, 4), expected);
      assert.equal(profile.samples.length, 400);
    });

    it("are left alone where the log gives the copy's addresses itself", async () => {
      const log = new V8Log().begin().add("new", "CodeRange", hex(range), 0);
      const logged = range + megabyte;
      log.code({ address: logged, size: 0x80, name: "ArrayMap" });
      log.tick({ pc: logged + 8, time: 1 }).tick({ pc: ruled + 8, time: 2 });
      assert.deepEqual(stacksOf(await readLog(log)), [["ArrayMap"], ["(unaccounted)"]]);
    });

    it("share the executable's pages without being taken for native code", async () => {
      const log = new V8Log().begin().library("/bin/node", 0x400000, 0x25fe000);
      log.code({ address: blob, size: 0x80, name: "ArrayMap" });
      log.tick({ pc: blob + 8, time: 1 }).tick({ pc: blob + 0x88, time: 2 });
      assert.deepEqual(stacksOf(await readLog(log)), [["ArrayMap"], ["(node)"]]);
    });
  });

  it("4: time in an inlined function is that function's", async () => {
    const log = new V8Log().begin().script(1, url, "inner\nouter");
    log.code({ address: 0x1000, name: `inner ${url}:1:1`, sfi: 0x11, mark: "~" });
    log.source({ address: 0x1000, script: 1 });
    log.code({ address: 0x2000, name: `outer ${url}:2:1`, mark: "*" });
    const inlined = { table: "C0O6C8O3I0", inlinings: "F0O7", sfis: [0x11] };
    log.source({ address: 0x2000, script: 1, start: 6, ...inlined });
    const profile = await readLog(log.tick({ pc: 0x2009, time: 1 }));
    assert.deepEqual(stackOf(profile, 0), [
      `inner ${url}:1:4 turbofan inlined`,
      `outer ${url}:2:2 turbofan`,
    ]);
  });

  it("5: a blank line in a name ends nothing, and paths are as they are on disk", async () => {
    const windows = "C:\\new\\x41\\a.js";
    const log = new V8Log().begin().script(1, windows, "x");
    const place = windows.replaceAll("\\", "\\\\");
    log.code({ address: 0x1000, name: `blank\n\nline C:\\new ${place}:1:1`, mark: "~" });
    log.source({ address: 0x1000, script: 1 });
    for (let time = 0; time < 20; time++) log.tick({ pc: 0x1010, time });
    const profile = await readLog(log);
    assert.equal(profile.samples.length, 20);
    assert.deepEqual(stackOf(profile, 19), [`blank\n\nline C:\\new ${windows}:1:1 interpreter`]);
  });

  describe("6: lines of 40 MB", () => {
    const lineBytes = 40 * megabyte;

    it("are read, when they are a script's source, to the last line", async () => {
      const line = "x = y, z; // 日\n";
      const count = Math.floor(lineBytes / (line.length + 8));
      const text = `${line.repeat(count)}last\n//# sourceMappingURL=big.map`;
      const log = new V8Log().begin().script(1, url, text);
      log.code({ address: 0x1000, name: `hot ${url}:1:1`, mark: "*" });
      log.source({ address: 0x1000, script: 1, table: `C0O${text.indexOf("last")}` });
      const profile = await readLog(log.tick({ pc: 0x1010, time: 1 }));
      assert.deepEqual(stackOf(profile, 0), [`hot ${url}:${count + 1}:1 turbofan`]);
      assert.deepEqual(profile.scripts, [{ url, sourceMapUrl: "big.map" }]);
      assert.deepEqual(warningsOf(profile), {});
    }).timeout(60_000);

    it("are left out and counted, when they are anything else", async () => {
      const log = new V8Log().begin().code({ address: 0x1000, name: `hot ${url}:1:1`, mark: "*" });
      log
        .tick({ pc: 0x1010, time: 1 })
        .add("tick,0x1010,2,0,0x0,0", ",0x1010".repeat(lineBytes / 8));
      log.tick({ pc: 0x1010, time: 3 });
      const profile = await readLog(log);
      assert.equal(profile.samples.length, 2);
      assert.deepEqual(warningsOf(profile), { "malformed-records": 1 });
    }).timeout(60_000);

    const tables = {
      digits: { table: `C${"0".repeat(12 * megabyte)}O1` },
      "no rows": { table: `C0O1${"x".repeat(12 * megabyte)}` },
      inlinings: { table: "C0O1I1500000", inlinings: "F0O1I00".repeat(1_700_000) },
    };
    for (const [what, fields] of Object.entries(tables)) {
      it(`are not gone over for each place of a source table (${what})`, async () => {
        const places = 3_000;
        const name = `hot ${url}:1:1`;
        const log = new V8Log().begin().code({ address: 0x1000, size: 0x10000, name, mark: "*" });
        log.source({ address: 0x1000, script: 1, ...fields });
        for (let i = 0; i < places; i++) log.tick({ pc: 0x1000 + i * 4, time: i });
        const ms = await cpuMs(async () => {
          assert.equal((await readLog(log)).samples.length, places);
        });
        assert.ok(ms < 5_000, `${ms} ms`);
      }).timeout(120_000);
    }
  });
});
