import assert from "node:assert/strict";
import { closeSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { FileSpans } from "../../../src/formats/v8-log/file-spans.ts";
import { findPlaces, type Places } from "../../../src/formats/v8-log/source-table.ts";
import { SourceTables, type TableSpan } from "../../../src/formats/v8-log/source-tables.ts";

interface Row {
  readonly offset: number;
  readonly position: number;
  readonly inlining: number;
}

interface Inlining {
  readonly callee: number;
  readonly position: number;
  readonly parent: number;
}

interface Table {
  readonly rows: readonly Row[];
  readonly inlinings: readonly Inlining[];
}

const tables: fc.Arbitrary<Table> = fc
  .record({
    steps: fc.array(
      fc.record({
        step: fc.integer({ min: 1, max: 300 }),
        position: fc.nat({ max: 100_000 }),
        inlining: fc.integer({ min: -1, max: 12 }),
      }),
      { maxLength: 40 },
    ),
    inlinings: fc.array(
      fc.record({
        callee: fc.integer({ min: -1, max: 9 }),
        position: fc.nat({ max: 9999 }),
        parent: fc.integer({ min: -1, max: 12 }),
      }),
      { maxLength: 10 },
    ),
  })
  .map(({ steps, inlinings }) => {
    let offset = -1;
    const rows = steps.map(({ step, position, inlining }) => {
      offset += step;
      return { offset, position, inlining };
    });
    return { rows, inlinings };
  });

function spell({ rows, inlinings }: Table): string {
  const number = (letter: string, value: number) => (value < 0 ? "" : `${letter}${value}`);
  const spelled = rows.map(
    ({ offset, position, inlining }) => `C${offset}O${position}${number("I", inlining)}`,
  );
  const spelledInlinings = inlinings.map(
    ({ callee, position, parent }) =>
      `F${callee < 0 ? "" : callee}O${position}${number("I", parent)}`,
  );
  return `${spelled.join("")},${spelledInlinings.join("")}`;
}

/** As the format is described, without a thought of speed. */
function placesOf({ rows, inlinings }: Table, offset: number): Places | undefined {
  const row = rows.findLast((each) => each.offset <= offset);
  if (!row) return undefined;
  const positions = [row.position];
  const callees: number[] = [];
  let next = row.inlining;
  while (next >= 0 && next < inlinings.length) {
    const { callee, position, parent } = inlinings[next]!;
    callees.push(callee);
    positions.push(position);
    next = parent < next ? parent : -1;
  }
  return { positions, callees };
}

const rowBytesOf = (text: string) => Math.max(0, text.lastIndexOf(","));

/** The text with others around it, as in the memory that holds many. */
function between(text: string, after = "9C0O8,F7O6") {
  const before = "C1O2,F3O4";
  const bytes = Buffer.from(`${before}${text}${after}`, "latin1");
  const start = before.length;
  return { bytes, start, rowsEnd: start + rowBytesOf(text), end: start + text.length };
}

describe("a source table", () => {
  it("tells the places of every offset", () => {
    fc.assert(
      fc.property(tables, fc.nat({ max: 4000 }), (table, offset) => {
        assert.deepEqual(findPlaces(between(spell(table)), offset), placesOf(table, offset));
      }),
      { numRuns: 3000 },
    );
  });

  it("is looked at no further than it goes, whatever stands in it", () => {
    const letter = fc.constantFrom(..."COIF,,0123456789x");
    const letters = fc.array(letter, { maxLength: 60 }).map((all) => all.join(""));
    const parts = fc.constantFrom("C0O1I0", "C2O3", ",F4O5", "F6O7I0", "F8");
    const texts = fc.oneof(
      letters,
      fc.array(parts, { maxLength: 8 }).map((all) => all.join("")),
    );
    const afters = fc.constantFrom("9", "C1", "O1", "I0", "F1O1", ",F1O1");
    fc.assert(
      fc.property(texts, afters, fc.nat({ max: 999 }), (text, after, offset) => {
        const table = between(text, after);
        const bytes = Buffer.from(text, "latin1");
        const alone = { bytes, start: 0, rowsEnd: rowBytesOf(text), end: text.length };
        const places = findPlaces(table, offset);
        assert.deepEqual(places, findPlaces(alone, offset));
        assert.equal(places && places.positions.length - places.callees.length, places && 1);
      }),
      { numRuns: 3000 },
    );
  });

  it("whose inlinings go round in a circle ends with each of them once", () => {
    const table = between("C0O1I1,F5O10I1F6O20I1F7O30I2");
    assert.deepEqual(findPlaces(table, 0), { positions: [1, 20], callees: [6] });
  });
});

describe("the source tables of a log", () => {
  const path = join(tmpdir(), `hangscope-source-tables-${process.pid}`);
  const ringBytes = 100;
  let fd: number;
  let reads = 0;

  class CountedSpans extends FileSpans {
    override read(span: TableSpan): Buffer {
      reads++;
      return super.read(span);
    }
  }

  /** Tables of these lengths, each of one letter of its own. */
  function write(lengths: readonly number[]) {
    const texts = lengths.map((length, i) => String.fromCharCode(97 + (i % 26)).repeat(length));
    writeFileSync(path, texts.join(""));
    fd = openSync(path, "r");
    reads = 0;
    const kept = new SourceTables(new CountedSpans(fd), ringBytes);
    let offset = 0;
    const spans = texts.map((text): TableSpan => {
      const span = { offset, length: text.length, rowBytes: text.length, keptAt: -1 };
      offset += text.length;
      return span;
    });
    const keep = (i: number) => kept.keep(spans[i]!, Buffer.from(texts[i]!, "latin1"));
    const textOf = (i: number) => {
      const { bytes, start, end } = kept.text(spans[i]!);
      return Buffer.from(bytes.subarray(start, end)).toString("latin1");
    };
    return { texts, keep, textOf };
  }

  afterEach(() => {
    closeSync(fd);
    rmSync(path);
  });

  it("are read again where they are no longer in memory, and only there", () => {
    const { texts, keep, textOf } = write([30, 30, 30, 30]);
    for (const i of [0, 1, 2]) {
      keep(i);
      assert.equal(textOf(i), texts[i]);
    }
    assert.equal(textOf(0), texts[0]);
    assert.equal(reads, 0);
    keep(3);
    assert.equal(textOf(3), texts[3]);
    assert.equal(textOf(2), texts[2]);
    assert.equal(reads, 0);
    assert.equal(textOf(0), texts[0]);
    assert.equal(reads, 1);
    assert.equal(textOf(0), texts[0]);
    assert.equal(reads, 1);
  });

  it("may be longer than what is kept of them", () => {
    const { texts, keep, textOf } = write([40, 250, 40, 120]);
    for (const [i, text] of texts.entries()) {
      keep(i);
      assert.equal(textOf(i), text);
    }
    for (const [i, text] of texts.entries()) assert.equal(textOf(i), text);
  });

  it("are the same in whatever order they come and are asked for", () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 130 }), { minLength: 1, maxLength: 20 });
    const asked = fc.array(fc.nat({ max: 19 }), { maxLength: 60 });
    fc.assert(
      fc.property(lengths, asked, (each, order) => {
        const { texts, keep, textOf } = write(each);
        try {
          const met = new Set<number>();
          for (const at of order) {
            const i = at % texts.length;
            if (!met.has(i)) keep(i);
            met.add(i);
            assert.equal(textOf(i), texts[i]);
          }
        } finally {
          closeSync(fd);
        }
      }),
    );
    fd = openSync(path, "r");
  });

  it("are what is left of a file that has shrunk", () => {
    const { textOf } = write([10, 10]);
    writeFileSync(path, "aaaaaaaaaabbb");
    assert.equal(textOf(1), "bbb");
    assert.equal(textOf(0), "aaaaaaaaaa");
  });
});
