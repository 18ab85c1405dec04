import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  ancestorAmong,
  parentOfStat,
  parseParents,
  processParents,
} from "../../../src/toolchain/process-parents.ts";

describe("parents of processes", () => {
  it("are read as ps and CIM print them, with whatever line ends", () => {
    const found = parseParents("  1   0\r\n  87     1\n9001 87\n\nnoise\n");
    assert.deepEqual(
      [...found],
      [
        [1, 0],
        [87, 1],
        [9001, 87],
      ],
    );
  });

  it("are read whatever a process calls itself", () => {
    assert.equal(parentOfStat("9001 (a) b (c)) S 87 9001 9001 0 -1 4194304"), 87);
  });

  it("lead to the nearest one that is looked for", () => {
    const parents = new Map([
      [1, 0],
      [87, 1],
      [300, 87],
      [9001, 300],
    ]);
    assert.equal(ancestorAmong(new Set([87, 300]), 9001, parents), 300);
    assert.equal(ancestorAmong(new Set([9001, 300]), 9001, parents), 9001);
    assert.equal(ancestorAmong(new Set([5]), 9001, parents), undefined);
  });

  it("may go round in a circle", () => {
    let asked = 0;
    // Without an end it would be no failed test, but one that never ends.
    class Circle extends Map<number, number> {
      override get(pid: number): number | undefined {
        assert.ok(asked++ < 9, "It goes round and round.");
        return super.get(pid);
      }
    }
    const parents = new Circle([
      [2, 3],
      [3, 2],
    ]);
    assert.equal(ancestorAmong(new Set([5]), 2, parents), undefined);
  });

  it("are those of this machine", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    try {
      await once(child, "spawn");
      assert.equal((await processParents()).get(child.pid!), process.pid);
    } finally {
      child.kill("SIGKILL");
    }
  });
});
