import assert from "node:assert/strict";
import { join, sep, win32 } from "node:path";
import fc from "fast-check";
import {
  artifactKey,
  artifactKinds,
  isPlainKey,
  kindOfName,
  parseKey,
  safePart,
  spokenPart,
} from "../../../src/artifacts/key.ts";

/** What people and attackers call machines, jobs and projects. */
const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({ unit: "grapheme", maxLength: 50 }),
  fc.stringMatching(/^[./\\ :*?"<>|\0\n~-]{0,40}$/),
  fc.constantFrom(
    "",
    ".",
    "..",
    "../../etc/passwd",
    "..\\..\\x",
    "/abs",
    "C:\\x",
    "\0",
    "a\0b",
    "CON",
    "con.txt",
    "NUL",
    "LPT1",
    "com9.log",
    "COM¹",
    ".hidden",
    "trailing.",
    "trailing ",
    "a/b",
    "naïve",
    "日本",
    "\u202etxt.exe",
    "\ud800",
    "x".repeat(5_000),
    "-rf",
    "$(id)",
    "s3://b/c?d#e%2e%2e",
  ),
);
const parts = fc.record({
  env: hostile,
  project: hostile,
  job: hostile,
  target: hostile,
  step: hostile,
});
const spec = fc.tuple(
  parts,
  fc.integer({ min: 0, max: Date.UTC(2999, 0) }),
  fc.constantFrom(...artifactKinds),
);

describe("the key of an artifact", () => {
  it("is told in the words that it was made from, where that is beyond doubt", () => {
    const told = (text: string) => spokenPart(safePart(text));
    assert.equal(told("checkout test"), "checkout test");
    for (const text of ["checkout", "my_job-1234567890", "a_b c", "a/b", " a", "x ".repeat(40)]) {
      assert.equal(told(text), safePart(text), text);
    }
    fc.assert(fc.property(hostile, (text) => [text, safePart(text)].includes(told(text))));
  });

  it("is made of plain file names, whatever it is made from", () => {
    const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
    fc.assert(
      fc.property(hostile, (text) => {
        const part = safePart(text);
        assert.match(part, /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
        assert.doesNotMatch(part, /[.-]$/);
        assert.doesNotMatch(part, reserved);
      }),
      { numRuns: 3_000 },
    );
  });

  it("leaves a plain name as it is, and stays the same when made safe again", () => {
    for (const name of ["web-1", "iPhone_16.2", "a", "2026", "build.42", "x".repeat(64)]) {
      assert.equal(safePart(name), name);
    }
    fc.assert(fc.property(hostile, (text) => safePart(safePart(text)) === safePart(text)));
  });

  it("tells apart what differs", () => {
    fc.assert(
      fc.property(hostile, hostile, (a, b) => a === b || safePart(a) !== safePart(b)),
      { numRuns: 3_000 },
    );
    const alike = [
      "a b",
      "a/b",
      "a\\b",
      "a:b",
      "a__b",
      "a_b",
      "a\0b",
      "../a_b",
      "..",
      ".",
      "\ud800",
      "\udfff",
    ];
    assert.equal(new Set(alike.map(safePart)).size, alike.length);
    const long = ["x".repeat(65), "x".repeat(66), `${"x".repeat(65)}y`];
    assert.equal(new Set(long.map(safePart)).size, long.length);
  });

  it("stays below its store on every system", () => {
    fc.assert(
      fc.property(spec, ([origin, time, kind]) => {
        const key = artifactKey({ ...origin, time, kind, seq: "0" });
        assert.ok(isPlainKey(key));
        assert.ok(key.length < 500);
        assert.equal(key.split("/").length, 6);
        assert.ok(join(`${sep}store`, key).startsWith(`${sep}store${sep}`));
        assert.ok(win32.join("C:\\store", key).startsWith("C:\\store\\"));
      }),
      { numRuns: 1_000 },
    );
  });

  it("says again what it was made from", () => {
    fc.assert(
      fc.property(spec, ([origin, time, kind]) => {
        const key = artifactKey({ ...origin, time, kind, seq: "abc123" });
        const safe = Object.fromEntries(
          Object.entries(origin).map(([name, text]) => [name, safePart(text)]),
        );
        assert.deepEqual(parseKey(key), { ...safe, time, kind });
        // Below a prefix that holds the first parts.
        const { target, step, env } = parseKey(key.split("/").slice(3).join("/"))!;
        assert.deepEqual([target, step, env], [safe["target"], safe["step"], ""]);
      }),
    );
  });

  it("sorts as time does", () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (a, b) => {
        const [first, second] = [a, b].map((time) =>
          artifactKey({
            ...{ env: "e", project: "p", job: "j", target: "t", step: "s" },
            ...{ time: 1.7e12 + time, seq: "0", kind: "v8log" },
          }),
        );
        return Math.sign(a - b) === Math.sign(first! < second! ? -1 : first! > second! ? 1 : 0);
      }),
    );
  });

  it("is not taken for one when another made it", () => {
    for (const name of ["", "a/b", "20261121T143559123Z-0.exe", "20261399T143559123Z-0.v8log"]) {
      assert.equal(parseKey(name), undefined, name);
    }
    for (const name of ["", "/", "a//b", "../a", "a/..", "a\\b", "a/.b", "C:x", "a\0", "a\n"]) {
      assert.equal(isPlainKey(name), false, name);
    }
    assert.equal(kindOfName("web-1/isolate-0x1-22-v8.log"), "v8log");
    assert.equal(kindOfName("a/b.cpuprofile"), "cpuprofile");
    assert.equal(kindOfName("a/notes.log"), undefined);
  });
});
