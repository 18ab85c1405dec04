/** What is kept of a followed log: with the ticks behind it, it reads as the whole log does. */
import assert from "node:assert/strict";
import { dropTicks } from "../../../src/hang/follow/drop-ticks.ts";
import { readLog, stacksOf, V8Log } from "../../generators/v8-log.ts";

const url = "/app/a.js";

/** Code that moves, addresses that are used again, and names that look like records. */
function trickyLog(): string {
  const log = new V8Log().begin().library("/bin/node", 0x400000, 0x500000);
  let time = 0;
  const ticks = (...addresses: number[]) => {
    for (const pc of addresses) {
      time += 1000;
      log.tick({ pc, time, frames: [0x1010] });
    }
  };
  log.script(1, url, "function first() {}\n// tick,0x1,2\n");
  log.code({ address: 0x1000, name: `outer ${url}:1:1`, mark: "~" });
  log.code({ address: 0x2000, name: `first ${url}:2:1`, mark: "^" });
  log.source({ address: 0x2000, script: 1, start: 3, end: 9 });
  ticks(0x2010, 0x2020);
  log.add("code-move", "0x2000", "0x3000");
  ticks(0x3010, 0x2010);
  log.code({ address: 0x2000, name: `second ${url}:3:1`, mark: "*" });
  ticks(0x2010, 0x3010);
  log.code({
    address: 0x4000,
    name: `a\n\ntick,0x2010,77,0,0x0,0,0x1010\ncode-creation,x, b ${url}:4:1`,
    mark: "+",
  });
  ticks(0x4010, 0x2010);
  // No mark: the lines behind it are records of their own.
  log.add("code-creation", "JS", 10, 5, "0x5000", 256, "half");
  ticks(0x5010, 0x4010);
  log.add("code-delete", "0x2000").add("sfi-move", "0x2000", "0x9000");
  log.add("not,a\u0000record").add("").add("tick,not one");
  log.code({ address: 0x2000, name: `third ${url}:6:1`, mark: "'" });
  ticks(0x2010, 0x4010, 0x3010);
  return log.toString();
}

/** As the follower takes it: what has not been taken comes again, with more behind it. */
function follow(log: Buffer, targets: Iterable<number>) {
  const into = Buffer.alloc(log.length);
  const kept: Buffer[] = [];
  let at = 0;
  let insideLine = false;
  let ticks = 0;
  for (const target of targets) {
    const found = dropTicks(log.subarray(at, target), into, insideLine);
    kept.push(Buffer.from(into.subarray(0, found.kept)));
    ({ insideLine } = found);
    at += found.taken;
    ticks += found.ticks;
  }
  return { kept: Buffer.concat(kept), rest: log.subarray(at), ticks };
}

function* steps(length: number, step: number): Generator<number> {
  for (let target = step; target < length; target += step) yield target;
  yield length;
}

const withReturns = (text: string) => text.replaceAll("\n", "\r\n");

describe("what is kept of a followed log", function () {
  this.timeout(60_000);

  for (const [name, text] of [
    ["", trickyLog()],
    [", with carriage returns", withReturns(trickyLog())],
  ] as const) {
    const log = Buffer.from(text);

    it(`gives its last ticks the same stacks, wherever they begin${name}`, async () => {
      const whole = stacksOf(await readLog(log));
      let seen = 0;
      for (let cut = 0; cut <= log.length; cut++) {
        const { kept, rest, ticks } = follow(log, [cut]);
        if (cut > 0 && ticks === seen) continue;
        seen = ticks;
        if (rest.length === 0 || ticks >= whole.length) break;
        const found = stacksOf(await readLog(Buffer.concat([kept, rest])));
        assert.deepEqual(found, whole.slice(whole.length - found.length), `cut at ${cut}`);
        assert.ok(found.length >= whole.length - ticks && found.length > 0, `cut at ${cut}`);
      }
      assert.ok(seen > 8);
    });

    it(`is the same wherever reading stopped${name}`, () => {
      const { kept, ticks } = follow(log, [log.length]);
      for (let cut = 0; cut <= log.length; cut++) {
        assert.deepEqual(follow(log, [cut, log.length]), follow(log, [log.length]), `at ${cut}`);
      }
      for (let step = 1; step < 200; step++) {
        const stepped = follow(log, steps(log.length, step));
        assert.ok(stepped.kept.equals(kept), `in steps of ${step}`);
        assert.equal(stepped.ticks, ticks);
      }
    });

    it(`has every line but the ticks${name}`, () => {
      const { kept } = follow(log, [log.length]);
      const lines = (bytes: Buffer) => bytes.toString().split("\n");
      const inName = (line: string) => line.startsWith("tick,0x2010,77,0,0x0,0,0x1010");
      assert.deepEqual(
        lines(kept),
        lines(log).filter((line) => !line.startsWith("tick,") || inName(line)),
      );
      assert.equal(lines(kept).filter(inName).length, 1);
    });
  }

  it("holds lines of any length, as far as they are there", () => {
    const source = `script-source,1,${url},${"x".repeat(100_000)}`;
    const log = Buffer.from(`v8-version,1,2,3,4,0\n${source}\ntick,0x1,1,0,0x0,0\nnew,a,0x1\n`);
    const expected = `v8-version,1,2,3,4,0\n${source}\nnew,a,0x1\n`;
    for (const step of [1000, 20_000, 50_000, log.length]) {
      assert.equal(follow(log, steps(log.length, step)).kept.toString(), expected);
    }
    const { kept, rest } = follow(log, [50_000]);
    assert.equal(kept.length, 50_000);
    assert.equal(kept.length + rest.length, log.length);
  });
});
