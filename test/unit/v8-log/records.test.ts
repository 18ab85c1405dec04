import assert from "node:assert/strict";
import { describe, it } from "mocha";
import {
  categoryOf,
  readLog,
  stackOf,
  stacksOf,
  V8Log,
  warningsOf,
} from "../../generators/v8-log.ts";

const url = "/app/a.js";
const main = { address: 0x1000, name: ` ${url}:1:1`, mark: "~" };

describe("v8-log records", () => {
  describe("marks", () => {
    const cases: [mark: string, tier: string][] = [
      ["~", "interpreter"],
      ["^", "baseline"],
      ["+", "maglev"],
      ["+'", "maglev"],
      ["o+", "maglev"],
      ["o+'", "maglev"],
      ["*", "turbofan"],
      ["*'", "turbofan"],
      ["o*", "turbofan"],
      ["o*'", "turbofan"],
      ["", ""],
      ["?", ""],
    ];
    for (const [mark, tier] of cases) {
      it(`reads ${JSON.stringify(mark)} as ${tier || "a function of unknown tier"}`, async () => {
        const log = new V8Log().begin().code({ address: 0x1000, name: `hot ${url}:2:3`, mark });
        const profile = await readLog(log.tick({ pc: 0x1010, time: 1 }));
        assert.deepEqual(stackOf(profile, 0), [`hot ${url}:2:3 ${tier}`.trim()]);
        assert.deepEqual(warningsOf(profile), {});
      });
    }

    for (const type of ["JS", "Function", "LazyCompile", "Script", "Eval"]) {
      it(`knows the type ${type}`, async () => {
        const log = new V8Log().begin().code({ ...main, type });
        const profile = await readLog(log.tick({ pc: 0x1010, time: 1 }));
        assert.deepEqual(stackOf(profile, 0), [`${url}:1:1 interpreter`]);
      });
    }
  });

  describe("states", () => {
    const cases: [state: number, name: string, category: string][] = [
      [1, "(garbage collector)", "gc"],
      [2, "(parser)", "compiler"],
      [3, "(bytecode compiler)", "compiler"],
      [4, "(compiler)", "compiler"],
      [7, "(atomics wait)", "system"],
      [8, "(idle)", "idle"],
      [9, "(logging)", "program"],
    ];
    for (const [state, name, category] of cases) {
      it(`${state} is ${name}, whatever native code runs`, async () => {
        const log = new V8Log().begin().library("/bin/node", 0x400000, 0x500000).code(main);
        log.tick({ pc: 0x400100, time: 1, state, frames: [0x1005] });
        const profile = await readLog(log);
        assert.deepEqual(stackOf(profile, 0), [name, `${url}:1:1 interpreter`]);
        assert.equal(categoryOf(profile, 0), category);
      });
    }

    for (const state of [0, 5, 6, 42]) {
      it(`${state} leaves the native function on top`, async () => {
        const log = new V8Log().begin().library("/bin/node", 0x400000, 0x500000).code(main);
        log.tick({ pc: 0x400100, time: 1, state, frames: [0x1005] });
        const profile = await readLog(log);
        assert.deepEqual(stackOf(profile, 0), ["(node)", `${url}:1:1 interpreter`]);
        assert.equal(categoryOf(profile, 0), "native");
      });
    }
  });

  describe("code", () => {
    it("gives a bytecode handler's time to the function that it runs", async () => {
      const log = new V8Log().begin().code(main);
      log.code({ type: "BytecodeHandler", address: 0x3000, name: "LdaNamedProperty" });
      log.code({ address: 0x4000, name: "ArrayMap" });
      log.tick({ pc: 0x3010, time: 1, frames: [0x1005] });
      log.tick({ pc: 0x4010, time: 2, frames: [0x1005] });
      const profile = await readLog(log);
      const caller = `${url}:1:1 interpreter`;
      assert.deepEqual(stacksOf(profile), [[caller], ["ArrayMap", caller]]);
      assert.equal(categoryOf(profile, 1), "builtin");
    });

    it("names regular expressions by their unescaped pattern", async () => {
      const log = new V8Log().begin();
      log.code({ type: "RegExp", address: 0x3000, name: "a\\x2Cb\\n\\\\d\\u65e5" });
      const profile = await readLog(log.tick({ pc: 0x3010, time: 1 }));
      assert.deepEqual(stackOf(profile, 0), ["/a,b\n\\d日/"]);
      assert.equal(categoryOf(profile, 0), "regexp");
    });

    it("tells WebAssembly from JavaScript", async () => {
      const log = new V8Log().begin();
      log.code({ address: 0x3000, name: "wasm-function[7]", mark: "" });
      log.code({ address: 0x4000, name: "wasm-function[7]", mark: "*" });
      log.tick({ pc: 0x3010, time: 1 }).tick({ pc: 0x4010, time: 2 });
      const profile = await readLog(log);
      assert.deepEqual(stacksOf(profile), [
        ["wasm-function[7] baseline"],
        ["wasm-function[7] turbofan"],
      ]);
      assert.equal(categoryOf(profile, 0), "wasm");
    });

    it("follows moved code, and forgets deleted and overwritten code", async () => {
      const other = { ...main, name: `other ${url}:9:9` };
      const log = new V8Log().begin().code(main);
      const tick = (pc: number, time: number) => log.tick({ pc, time, frames: [pc] });
      tick(0x1010, 1);
      log.add("code-move", "0x1000", "0x2000");
      tick(0x1010, 2);
      tick(0x2010, 3);
      log.code({ ...other, address: 0x20f0 });
      tick(0x2010, 4);
      tick(0x20f8, 5);
      log.add("code-delete", "0x20f0");
      tick(0x20f8, 6);
      const profile = await readLog(log);
      const [first, second] = [`${url}:1:1 interpreter`, `other ${url}:9:9 interpreter`];
      assert.deepEqual(stacksOf(profile), [
        [first, first],
        ["(unaccounted)"],
        [first, first],
        ["(unaccounted)"],
        [second, second],
        ["(unaccounted)"],
      ]);
    });

    it("resolves a caller that is logged only later", async () => {
      const log = new V8Log().begin();
      log.tick({ pc: 0x9000, time: 1, frames: [0x1010, 0x1010] }).code(main);
      log.tick({ pc: 0x9000, time: 2, frames: [0x1010, 0x1010] });
      const frame = `${url}:1:1 interpreter`;
      assert.deepEqual(stacksOf(await readLog(log)), [
        ["(unaccounted)"],
        ["(unaccounted)", frame, frame],
      ]);
    });

    it("resolves any of very many callers that are logged only later", async () => {
      const log = new V8Log().begin();
      const frames = Array.from({ length: 400 }, (_, i) => 0x10_0000 + i * 0x1000);
      log.tick({ pc: 0x9000, time: 1, frames });
      for (const at of frames) {
        log.code({ address: at, name: `f ${url}:1:1`, mark: "~" });
        log.tick({ pc: 0x9000, time: 2, frames });
      }
      const depths = stacksOf(await readLog(log)).map((stack) => stack.length - 1);
      assert.deepEqual(
        depths,
        Array.from({ length: 401 }, (_, i) => i),
      );
    });
  });

  describe("ticks", () => {
    it("reads frames relative to the one before", async () => {
      const log = new V8Log()
        .begin()
        .code(main)
        .code({ ...main, address: 0x2000, name: `b ${url}:2:2` });
      log.tick({ pc: 0x1010, time: 1, frames: ["+0x1000", "-0x0fff", "0x2001"] });
      log.tick({ pc: 0x1020, time: 2, frames: ["+0x1000", "-0x0fff", "0x2001"] });
      const [a, b] = [`${url}:1:1 interpreter`, `b ${url}:2:2 interpreter`];
      assert.deepEqual(stacksOf(await readLog(log)), [
        [a, b, a, b],
        [a, b, a, b],
      ]);
    });

    it("does not share a relative frame whose neighbour above is another", async () => {
      const log = new V8Log().begin();
      for (const n of [1, 2, 3]) {
        log.code({ address: n * 0x1000, name: `f${n} ${url}:${n}:1`, sfi: n, mark: "~" });
      }
      log.tick({ pc: 0x9000, time: 1, frames: [0x1010, "+0x1000"] });
      log.tick({ pc: 0x9000, time: 2, frames: [0x2010, "+0x1000"] });
      const names = stacksOf(await readLog(log)).map((stack) =>
        stack.map((each) => each.split(" ")[0]),
      );
      assert.deepEqual(names, [
        ["(unaccounted)", "f1", "f2"],
        ["(unaccounted)", "f2", "f3"],
      ]);
    });

    it("runs the callback, not the pc, in external code", async () => {
      const log = new V8Log().begin().library("/bin/node", 0x400000, 0x500000).code(main);
      log.code({ type: "Callback", address: 0x400100, size: 1, name: "readSync" });
      log.tick({
        pc: 0x7777,
        time: 1,
        isExternal: true,
        top: 0x400100,
        state: 6,
        frames: [0x1005],
      });
      const profile = await readLog(log);
      assert.deepEqual(stackOf(profile, 0), ["readSync", `${url}:1:1 interpreter`]);
    });

    it("adds the function on top of the stack of a frameless call", async () => {
      const log = new V8Log()
        .begin()
        .code(main)
        .code({ ...main, address: 0x2000, name: `b ${url}:2:2` });
      log.code({ address: 0x3000, name: "ArrayPush" });
      log.tick({ pc: 0x3010, time: 1, top: 0x2010, frames: [0x1010] });
      log.tick({ pc: 0x3010, time: 2, top: 0x3020, frames: [0x1010] });
      const [a, b] = [`${url}:1:1 interpreter`, `b ${url}:2:2 interpreter`];
      assert.deepEqual(stacksOf(await readLog(log)), [
        ["ArrayPush", b, a],
        ["ArrayPush", a],
      ]);
    });

    it("counts overflow as lost samples and still reads the stack", async () => {
      const log = new V8Log().begin().code(main);
      log.tick({ pc: 0x1010, time: 1, overflow: true, frames: [0x1020] });
      const profile = await readLog(log);
      assert.equal(stackOf(profile, 0).length, 2);
      assert.deepEqual(warningsOf(profile), { "lost-samples": 1 });
    });

    it("gives time from the first tick and weight to the next, gaps bounded", async () => {
      const log = new V8Log().begin().code(main);
      for (const time of [5000, 6200, 7000, 67_000]) log.tick({ pc: 0x1010, time });
      const { samples, meta, warnings } = await readLog(log);
      assert.deepEqual([...samples.time], [0, 1200, 2000, 62_000]);
      assert.deepEqual([...samples.weight], [1200, 800, 10_000, 1000]);
      assert.equal(meta.interval, 1000);
      assert.equal(meta.duration, 63_000);
      const [lost] = warnings;
      assert.equal(lost?.code, "lost-time");
      assert.match(lost.message, / 50 ms /);
    });

    it("gives pc 0 to nobody", async () => {
      const log = new V8Log()
        .begin()
        .code(main)
        .tick({ pc: 0, time: 1, frames: [0x1010] });
      const profile = await readLog(log);
      assert.deepEqual(stackOf(profile, 0), ["(unaccounted)", `${url}:1:1 interpreter`]);
      assert.equal(categoryOf(profile, 0), "unaccounted");
    });

    it("keeps a stack with words on it that are no addresses", async () => {
      const words = ["0xffffffff00000000", "0xffffffffffffffff", "0x40000000000001"];
      const log = new V8Log().begin().code(main);
      for (const [i, word] of words.entries()) {
        log.tick({ pc: 0x1010, time: 3 * i, frames: [word, 0x1010, word] });
        log.add("tick", word, 3 * i + 1, 0, "0x0", 0, "0x1010");
        log.add("tick", "0x1010", 3 * i + 2, 0, word, 0, "0x1010");
      }
      const inMain = `${url}:1:1 interpreter`;
      const profile = await readLog(log);
      assert.deepEqual(
        stacksOf(profile),
        words.flatMap(() => [
          [inMain, inMain],
          ["(unaccounted)", inMain],
          [inMain, inMain],
        ]),
      );
      assert.deepEqual(profile.warnings, []);
    });

    it("counts a tick with a number of more than 64 bits as no record", async () => {
      const log = new V8Log().begin().code(main);
      log.tick({ pc: 0x1010, time: 1, frames: ["0x10000000000000000"] });
      log.tick({ pc: 0x1010, time: 2 });
      const { samples, warnings } = await readLog(log);
      assert.equal(samples.length, 1);
      assert.deepEqual(
        warnings.map(({ code, count }) => [code, count]),
        [["malformed-records", 1]],
      );
    });
  });

  describe("libraries", () => {
    it("widens a file that is logged in parts, and keeps the address inside it", async () => {
      const log = new V8Log().begin();
      log.library("/bin/node", 0x400000, 0x500000).library("/bin/node", 0x400000, 0x900000);
      log.library("/lib/libc.so.6", 0x7f0000000000, 0x7f0000010000);
      log.tick({ pc: 0x800010, time: 1, state: 5 }).tick({ pc: 0x7f0000000123, time: 2, state: 5 });
      const profile = await readLog(log);
      assert.deepEqual(stacksOf(profile), [["(node)"], ["(libc.so.6)"]]);
      const frames = Array.from(profile.samples.node, (node) => profile.nodes.frame[node]!);
      assert.deepEqual(
        frames.map((frame) => profile.frames.address[frame]),
        [0x400010, 0x123],
      );
      const modules = frames.map((f) => profile.functions.module[profile.frames.func[f]!]!);
      assert.deepEqual(
        modules.map((module) => profile.strings[module]),
        ["/bin/node", "/lib/libc.so.6"],
      );
    });

    it("names the code of a file that is logged only later", async () => {
      const log = new V8Log().begin();
      const tick = { pc: 0x7f0000000123, state: 5 };
      log.tick({ ...tick, time: 1 }).library("/lib/libc.so.6", 0x7f0000000000, 0x7f0000010000);
      const profile = await readLog(log.tick({ ...tick, time: 2 }));
      assert.deepEqual(stacksOf(profile), [["(unaccounted)"], ["(libc.so.6)"]]);
    });

    it("gives addresses as linked on macOS", async () => {
      const log = new V8Log()
        .add("v8-version", "13,6,1,1,-node.1,0")
        .add("v8-platform", "macos", "darwin");
      log.library("/opt/node", 0x104001000, 0x105000000, 0x4000000);
      const profile = await readLog(log.tick({ pc: 0x104001234, time: 1 }));
      assert.equal(
        profile.frames.address[profile.nodes.frame[profile.samples.node[0]!]!],
        0x100001234,
      );
    });

    for (const path of ["C:\\Program Files\\n\\node.exe", "/tmp/a,b/é日/node"]) {
      it(`reads the path ${path}`, async () => {
        const bytes = Buffer.from(path).toString("latin1");
        const log = new V8Log().begin().library(bytes, 0x400000, 0x500000);
        const profile = await readLog(log.tick({ pc: 0x400010, time: 1 }));
        assert.ok(profile.strings.includes(path), profile.strings.join("\n"));
      });
    }
  });

  it("leaves a Windows path alone that was logged as it is", async () => {
    const path = "C:\\new\\x41\\node.exe";
    const log = new V8Log().begin().add("shared-library", path, "0x400000", "0x500000", 0);
    const profile = await readLog(log.tick({ pc: 0x400010, time: 1 }));
    assert.ok(profile.strings.includes(path), profile.strings.join("\n"));
  });

  it("knows every record that a Node log holds, and counts others", async () => {
    const log = new V8Log().begin().code(main);
    for (const line of [
      "heap-capacity,1030976",
      "heap-available,4346312320",
      "shared-library-end",
      "new,MemoryChunk,0x1a0374580000,262144",
      "new,CodeRange,0x7f7cf37ff000,0",
      "delete,MemoryChunk,0x82423240000",
      "feedback-vector,498344,0x2e73821f6828,3,0x52d9080,TieringState::kInProgress,0,1217,0,x",
      "code-deopt,1,2,0x1,2,3,eager,/a.js:1:1,reason",
      "sfi-move,0x1000,0x1008",
      "profiler,end",
    ]) {
      log.add(line);
    }
    assert.deepEqual(warningsOf(await readLog(log)), {});
    log.add("new-kind-of-record,1").add("!?").add("tick,zz,1,0,0x0,0").add("script-source,x");
    assert.deepEqual(warningsOf(await readLog(log)), {
      "unknown-records": 1,
      "malformed-records": 3,
    });
  });

  it("reads lines that end in a carriage return", async () => {
    const log = new V8Log()
      .begin()
      .code(main)
      .tick({ pc: 0x1010, time: 1, frames: [0x1020] });
    const profile = await readLog(log.toString().replaceAll("\n", "\r\n"));
    assert.equal(stackOf(profile, 0).length, 2);
    assert.deepEqual(warningsOf(profile), {});
  });

  it("gives version, interval and title", async () => {
    const { meta } = await readLog(new V8Log().begin().code(main));
    assert.deepEqual(
      [meta.format, meta.version, meta.interval, meta.title],
      ["v8-log", "13.6.233.17-node.53", 1000, "test-v8.log"],
    );
    const chromium = await readLog(new V8Log().begin("15,6,1,2,0").code(main));
    assert.equal(chromium.meta.version, "15.6.1.2");
  });
});
