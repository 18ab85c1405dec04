import assert from "node:assert/strict";
import fc from "fast-check";
import { MovedLines } from "../../src/results/moved-lines.ts";

interface TextEdit {
  readonly start: readonly [line: number, character: number];
  readonly end: readonly [line: number, character: number];
  readonly text: string;
}

function edited(...edits: TextEdit[]): MovedLines {
  const moved = new MovedLines();
  for (const { start, end, text } of edits) {
    moved.record({
      startLine: start[0],
      startCharacter: start[1],
      endLine: end[0],
      endCharacter: end[1],
      newLines: text.split("\n").length - 1,
    });
  }
  return moved;
}

describe("MovedLines", () => {
  it("leaves lines alone while nothing is edited", () => {
    const moved = edited();
    assert.equal(moved.changed, false);
    assert.equal(moved.now(12), 12);
  });

  it("notices typing inside a line, which moves nothing", () => {
    const moved = edited({ start: [4, 2], end: [4, 2], text: "x" });
    assert.equal(moved.changed, true);
    assert.equal(moved.now(5), 5);
  });

  it("moves down what stands below new lines", () => {
    const moved = edited({ start: [3, 0], end: [3, 0], text: "a\nb\n" });
    assert.deepEqual(
      [3, 4, 5].map((line) => moved.now(line)),
      [3, 6, 7],
    );
  });

  it("keeps a line whose end was broken off", () => {
    const moved = edited({ start: [3, 9], end: [3, 9], text: "\n" });
    assert.deepEqual(
      [4, 5].map((line) => moved.now(line)),
      [4, 6],
    );
  });

  it("forgets deleted lines", () => {
    const moved = edited({ start: [2, 0], end: [4, 0], text: "" });
    assert.deepEqual(
      [2, 3, 4, 5].map((line) => moved.now(line)),
      [2, undefined, undefined, 3],
    );
  });

  it("forgets a line that was joined to the one above", () => {
    const moved = edited({ start: [2, 7], end: [3, 2], text: "" });
    assert.deepEqual(
      [3, 4, 5].map((line) => moved.now(line)),
      [3, undefined, 4],
    );
  });

  it("follows every line that an edit left whole, as a real text would", () => {
    const edit = fc.record({
      from: fc.nat(400),
      length: fc.nat(60),
      text: fc.constantFrom("", "x", "\n", "new\n", "a\nb\nc"),
    });
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 6 }), (edits) => {
        // No line has a letter of another, so what a line reads says where it went.
        const letters = Array.from({ length: 30 }, (_, i) => String.fromCodePoint(0x100 + i));
        const original = letters.map((letter) => letter.repeat(12));
        let text = original.join("\n");
        const moved = new MovedLines();
        for (const { from, length, text: inserted } of edits) {
          const start = Math.min(from, text.length);
          const end = Math.min(start + length, text.length);
          const [startLine, startCharacter] = positionAt(text, start);
          const [endLine, endCharacter] = positionAt(text, end);
          const newLines = inserted.split("\n").length - 1;
          moved.record({ startLine, startCharacter, endLine, endCharacter, newLines });
          text = text.slice(0, start) + inserted + text.slice(end);
        }
        const lines = text.split("\n");
        for (let line = 1; line <= 30; line++) {
          const at = lines.indexOf(original[line - 1]!);
          if (at >= 0) assert.equal(moved.now(line), at + 1);
        }
      }),
    );
  });
});

function positionAt(text: string, offset: number): [line: number, character: number] {
  const before = text.slice(0, offset).split("\n");
  return [before.length - 1, before.at(-1)!.length];
}
