/** How dense a log's end is, by the ticks in it. */
import assert from "node:assert/strict";
import { tailOf } from "../../../src/hang/log-tail.ts";
import { V8Log } from "../../generators/v8-log.ts";

function log(times: readonly number[], state = 0): string {
  const made = new V8Log();
  for (const ms of times) made.tick({ pc: 0x10, time: ms * 1000, state, frames: [0x1, 0x2] });
  return made.toString();
}
const each = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe("the density of a log's end", () => {
  it("counts what is not idle, within the time that counts", () => {
    const text = log(each(0, 3_000)) + log(each(3_000, 3_500), 8);
    assert.deepEqual(tailOf(text, { spanMs: 2_000, isCut: false }), {
      samples: 1_501,
      idleMs: 500,
    });
    assert.deepEqual(tailOf(text, { spanMs: -10, isCut: false }), { samples: 0, idleMs: 500 });
  });

  it("is estimated when the end that was read is shorter than that", () => {
    const text = log(each(10_000, 10_501));
    assert.equal(tailOf(text, { spanMs: 2_000, isCut: true }).samples, 2_004);
    assert.equal(tailOf(text, { spanMs: 2_000, isCut: false }).samples, 501);
  });

  it("is nothing without a whole tick", () => {
    for (const text of [
      "",
      "tick,0x1,5",
      "\0\0\0",
      "code-creation,tick,0x1,5,0,0x0,0\n",
      "tick,,,",
    ]) {
      assert.deepEqual(tailOf(text, { spanMs: 2_000, isCut: true }), {
        samples: 0,
        idleMs: undefined,
      });
    }
    assert.equal(tailOf("tick,0x1,5,0,0x0,0\r\n", { spanMs: 1, isCut: true }).samples, 1);
  });
});
