import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { readLog, stacksOf, V8Log, warningsOf } from "../../generators/v8-log.ts";

const begin = (log: V8Log) => log.begin("13,6,1,1,-node.1,0");

describe("v8-log: several isolates in one log", () => {
  it("gives joined logs a thread each, with code and scripts of their own", async () => {
    const log = begin(new V8Log()).script(1, "/main.js", "main\nrun");
    log.code({ address: 0x1000, name: "run /main.js:2:1", mark: "*" });
    log.source({ address: 0x1000, script: 1, start: 5, table: "C0O5" });
    log.tick({ pc: 0x1010, time: 1000 }).tick({ pc: 0x1010, time: 2000 });
    log.add("profiler", "end");
    begin(log).script(1, "node:internal/main/worker_thread", "x").script(2, "/w.js", "w");
    log.tick({ pc: 0x1010, time: 700 }).code({ address: 0x2000, name: " /w.js:1:1", mark: "*" });
    log.source({ address: 0x2000, script: 2, table: "C0O0" }).tick({ pc: 0x2010, time: 1500 });
    const profile = await readLog(log);
    const { samples } = profile;
    const main = ["run /main.js:2:1 turbofan"];
    assert.deepEqual(stacksOf(profile), [main, main, ["(unaccounted)"], ["/w.js:1:1 turbofan"]]);
    assert.deepEqual(profile.threads, [
      { id: 0, name: "Main" },
      { id: 1, name: "Worker 1" },
    ]);
    assert.deepEqual([...samples.thread], [0, 0, 1, 1]);
    assert.deepEqual([...samples.time], [0, 1000, 0, 800]);
    assert.deepEqual([...samples.weight], [1000, 1000, 800, 1000]);
    assert.deepEqual(warningsOf(profile), {});
  });

  it("tells apart isolates that write between each other's lines, by their clocks", async () => {
    const log = begin(new V8Log()).code({ address: 0x1000, name: "main /a.js:1:1", mark: "*" });
    log.tick({ pc: 0x1010, time: 500_000 });
    begin(log).code({ address: 0x2000, name: "worker /a.js:2:2", mark: "*" });
    for (let i = 1; i <= 3; i++) {
      log.tick({ pc: 0x2010, time: i * 1000 }).tick({ pc: 0x1010, time: 500_000 + i * 1000 });
    }
    const profile = await readLog(log);
    const names = stacksOf(profile).map(([leaf]) => leaf!.split(" ")[0]);
    assert.deepEqual(names, ["main", "worker", "main", "worker", "main", "worker", "main"]);
    assert.deepEqual([...profile.samples.thread], [0, 1, 0, 1, 0, 1, 0]);
    assert.deepEqual([...profile.samples.weight], Array(7).fill(1000));
    assert.deepEqual(
      profile.threads.map((thread) => thread.name),
      ["Main", "Worker 1"],
    );
  });

  it("does not take a script for another isolate's of the same number", async () => {
    const log = begin(new V8Log()).script(1, "/main.js", "\n\n\nmain");
    log.code({ address: 0x1000, name: " /main.js:1:1", mark: "*" });
    log.source({ address: 0x1000, script: 1, table: "C0O3" });
    begin(log).script(1, "/w.js", "\nw");
    log.code({ address: 0x2000, name: " /w.js:1:1", mark: "*" });
    log.source({ address: 0x2000, script: 1, table: "C0O1" });
    log.tick({ pc: 0x1010, time: 1000 }).tick({ pc: 0x2010, time: 2000 });
    const stacks = stacksOf(await readLog(log));
    assert.deepEqual(stacks, [["/main.js:4:1 turbofan"], ["/w.js:2:1 turbofan"]]);
  });

  it("calls the log of a worker one", async () => {
    const log = begin(new V8Log()).script(1, "node:internal/main/worker_thread", "x");
    assert.deepEqual((await readLog(log)).threads, [{ id: 0, name: "Worker" }]);
  });
});
