import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { hex, readLog, stacksOf, V8Log } from "../../generators/v8-log.ts";

/** Small, so that random stacks and code often meet. */
const addressSpace = 0x1000;
/** Where it begins: addresses of twelve digits, as most are in a log, are told by their text. */
const bases = [0, 0xffffffff800, 0x7f05928f0000];
const page = 0x100;

type Event =
  | {
      readonly kind: "tick";
      readonly frames: readonly number[];
      readonly relative: readonly boolean[];
    }
  | {
      readonly kind: "add" | "move";
      readonly at: number;
      readonly to: number;
      readonly size: number;
    };

/** What V8's own code map does, with a plain list. */
class NaiveCode {
  #ranges: { start: number; size: number; name: string }[] = [];

  add(start: number, size: number, name: string): void {
    const end = start + size;
    this.#ranges = this.#ranges.filter(
      (each) => each.start + each.size <= start || each.start >= end,
    );
    this.#ranges.push({ start, size, name });
  }

  move(from: number, to: number): void {
    const moved = this.#ranges.find(({ start }) => start === from);
    if (!moved) return;
    this.#ranges = this.#ranges.filter((each) => each !== moved);
    this.add(to, moved.size, moved.name);
  }

  at(address: number): string | undefined {
    return this.#ranges.find(({ start, size }) => address >= start && address < start + size)?.name;
  }
}

const address = fc.integer({ min: 1, max: addressSpace / 0x40 }).map((n) => n * 0x40);
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("tick" as const),
      frames: fc.array(address, { maxLength: 8 }),
      relative: fc.array(
        fc.integer({ max: 9, min: 0 }).map((n) => n === 0),
        { minLength: 8, maxLength: 8 },
      ),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("add" as const, "move" as const),
      at: fc.integer({ min: 1, max: addressSpace / page }).map((n) => n * page),
      to: fc.integer({ min: 1, max: addressSpace / page }).map((n) => n * page),
      size: fc.integer({ min: 1, max: 2 * page }),
    }),
  },
);

const events = fc.array(event, { maxLength: 60 });

describe("v8-log: stacks that share their callers", () => {
  it("are those of reading every frame of every tick, whatever code comes, moves and goes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...bases), events, async (base, events) => {
        const code = new NaiveCode();
        const log = new V8Log().begin();
        const expected: string[][] = [];
        // Stacks of a real program have their callers in common.
        let last: readonly number[] = [];
        events.forEach((each, i) => {
          if (each.kind === "tick") {
            const frames = [...each.frames.map((at) => base + at), ...last.slice(-6)];
            last = frames;
            const pc = base + 0xf000;
            const fields = frames.map((frame, k) => {
              const before = k > 0 ? frames[k - 1]! : pc;
              if (!each.relative[k]) return hex(frame);
              return frame >= before ? `+${hex(frame - before)}` : `-${hex(before - frame)}`;
            });
            log.tick({ pc, time: i, frames: fields });
            const found = frames
              .map((frame) => code.at(frame))
              .filter((name) => name !== undefined);
            expected.push(["(unaccounted)", ...found]);
          } else if (each.kind === "add") {
            const name = `f${i} /a.js:1:1`;
            log.code({ address: base + each.at, size: each.size, name, sfi: i + 1, mark: "~" });
            code.add(base + each.at, each.size, `${name} interpreter`);
          } else {
            log.add("code-move", hex(base + each.at), hex(base + each.to));
            code.move(base + each.at, base + each.to);
          }
        });
        assert.deepEqual(stacksOf(await readLog(log)), expected);
      }),
      { numRuns: process.env["HANGSCOPE_LONG"] ? 5000 : 200 },
    );
  }).timeout(600_000);
});
