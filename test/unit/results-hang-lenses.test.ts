import assert from "node:assert/strict";
import type { HangFinding, StackFrame } from "../../src/profile/query.ts";
import { hangLenses } from "../../src/results/hang-lenses.ts";

function frame(name: string, frameUrl: string, frameLine: number): StackFrame {
  const place = { id: 0, name, url: frameUrl, line: 1, column: 1 };
  return { ...place, category: "js", module: "", frameUrl, frameLine, time: 1 };
}

function hang(duration: number, culprit: number, ...stack: StackFrame[]): HangFinding {
  return { type: "Hang", thread: 0, start: 0, duration, samples: 2, busy: 2, stack, culprit };
}

const runtime = frame("processTimers", "node:internal/timers", 603);
const isHere = (url: string) => url === "/a.ts";

describe("lenses of hangs", () => {
  it("stand on the app's line, one for all hangs of it", () => {
    const [lens, ...others] = hangLenses(
      [
        hang(100, 0, frame("short", "/a.ts", 7), runtime),
        hang(400, 1, runtime, frame("long", "/a.ts", 7), runtime),
      ],
      isHere,
    );
    assert.deepEqual(others, []);
    assert.equal(lens!.frame.name, "long");
    assert.deepEqual([lens!.hangs, lens!.duration, lens!.busy], [2, 500, 4]);
  });

  it("come by line", () => {
    const hangs = [20, 3].map((line) => hang(9, 0, frame("f", "/a.ts", line)));
    assert.deepEqual(
      hangLenses(hangs, isHere).map((lens) => lens.frame.frameLine),
      [3, 20],
    );
  });

  it("leave out other files, unknown lines, and hangs that nobody's code is in", () => {
    const hangs = [
      hang(9, 0, frame("f", "/b.ts", 3)),
      hang(9, 0, frame("f", "/a.ts", 0)),
      hang(9, -1, runtime),
    ];
    assert.deepEqual(hangLenses(hangs, isHere), []);
  });
});
