import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { FormatError } from "../../../src/formats/format-error.ts";
import { v8LogReader } from "../../../src/formats/v8-log/reader.ts";
import type { Profile } from "../../../src/profile/profile.ts";
import { V8Log, warningsOf } from "../../generators/v8-log.ts";

const isLong = process.env["HANGSCOPE_LONG"] !== undefined;

/** One of everything. */
function smallLog(): V8Log {
  const log = new V8Log().begin().library("/bin/node", 0x400000, 0x600000);
  log.add("new", "CodeRange", "0x7f0000000000", 0).code({ address: 0x500000, name: "ArrayMap" });
  log.script(1, "/a b,c.js", "function hot() {\n  inner();\n}\n//# sourceMappingURL=a.map");
  log.code({ address: 0x1000, name: "inner /a b\\x2Cc.js:2:3", sfi: 0x11, mark: "~" });
  log.source({ address: 0x1000, script: 1, start: 19, table: "C0O19C5O20" });
  log.code({ address: 0x2000, name: "h\n\not,é /a b\\x2Cc.js:1:13", sfi: 0x21, mark: "o*'" });
  log.source({
    address: 0x2000,
    script: 1,
    start: 12,
    table: "C0O19C8O20I0",
    inlinings: "F0O19",
    sfis: [0x11],
  });
  log.code({ type: "RegExp", address: 0x3000, name: "a\\x2Cb" });
  for (let time = 1; time < 8; time++) {
    log.tick({
      pc: 0x2000 + time * 4,
      time: time * 1000,
      state: time,
      overflow: time === 3,
      frames: [0x1005, "+0x10", 0x2009],
    });
  }
  log.add("code-move", "0x1000", "0x1800").add("sfi-move", "0x11", "0x31").add("profiler", "end");
  return log.tick({ pc: 0x1805, time: 9000, frames: [0x2009, 0x2009] });
}

/** Every index leads somewhere, every parent stands before its child, times are numbers. */
function assertSound(profile: Profile): void {
  const { nodes, frames, functions, samples, strings, threads } = profile;
  for (let i = 0; i < nodes.length; i++) {
    assert.ok(nodes.parent[i]! < i && nodes.parent[i]! >= -1);
    assert.ok(nodes.frame[i]! < frames.length);
  }
  for (let i = 0; i < frames.length; i++) assert.ok(frames.func[i]! < functions.length);
  for (let i = 0; i < functions.length; i++) {
    assert.ok(functions.name[i]! < strings.length && functions.url[i]! < strings.length);
  }
  for (let i = 0; i < samples.length; i++) {
    assert.ok(samples.node[i]! < nodes.length && samples.thread[i]! < threads.length);
    assert.ok(samples.time[i]! >= 0 && samples.weight[i]! >= 0);
  }
}

describe("v8-log: damaged and hostile logs", function () {
  this.timeout(isLong ? 600_000 : 60_000);
  let folder: string;
  let path: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hangscope-fuzz-"));
    path = join(folder, "v8.log");
  });
  after(() => rm(folder, { recursive: true }));

  /** Undefined when nothing of it could be read. */
  async function read(bytes: Uint8Array): Promise<Profile | undefined> {
    await writeFile(path, bytes);
    try {
      const profile = await v8LogReader.read(path);
      assertSound(profile);
      return profile;
    } catch (error) {
      assert.ok(error instanceof FormatError, `${error}`);
      assert.ok(error.message.startsWith(`${path}: expected records of a V8 log, found `));
      return undefined;
    }
  }

  it("reads the whole of it", async () => {
    const profile = await read(Buffer.from(smallLog().toString()));
    assert.equal(profile?.samples.length, 8);
    assert.deepEqual(warningsOf(profile), { "lost-samples": 1 });
  });

  it("reads what comes before a cut at any byte, and counts the rest", async () => {
    const whole = Buffer.from(smallLog().toString());
    for (let length = 0; length < whole.length; length++) {
      const part = whole.subarray(0, length);
      const profile = await read(part);
      const ticks = part
        .toString("latin1")
        .split("\n")
        .slice(0, -1)
        .filter((line) => line.startsWith("tick,"));
      assert.equal(profile?.samples.length ?? 0, ticks.length, `at ${length}`);
      const isClean = length === 0 || whole[length - 1] === 10;
      if (profile && !isClean) {
        const counts = warningsOf(profile);
        const lost = (counts["truncated-log"] ?? 0) + (counts["malformed-records"] ?? 0);
        assert.ok(lost > 0, `at ${length}`);
      }
    }
  });

  it("survives any flipped bit, with every index of the profile sound", async () => {
    const whole = Buffer.from(smallLog().toString());
    for (let bit = 0; bit < whole.length * 8; bit += isLong ? 1 : 7) {
      const damaged = Buffer.from(whole);
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      await read(damaged);
    }
  });

  it("survives records of any fields", async () => {
    const number = fc.oneof(
      fc.nat().map((n) => `0x${n.toString(16)}`),
      fc.nat().map(String),
      fc.constantFrom(
        "-1",
        "0x",
        "",
        "0xffffffffffffffffff",
        "1e9",
        "NaN",
        "9007199254740993",
        "0x0",
      ),
    );
    const field = fc.oneof(
      number,
      number,
      fc.string({ maxLength: 6 }),
      fc.constantFrom(
        "C0O0",
        "F0O0I0",
        "S0x11",
        "JS",
        "Builtin",
        "~",
        "*'",
        "CodeRange",
        "overflow",
        "begin",
        "+0x10",
        "-0x10",
      ),
    );
    const name = fc.constantFrom(
      "tick",
      "code-creation",
      "code-source-info",
      "script-source",
      "code-move",
      "sfi-move",
      "code-delete",
      "shared-library",
      "new",
      "profiler",
      "v8-version",
      "v8-platform",
      "unheard-of",
    );
    const line = fc
      .tuple(name, fc.array(field, { maxLength: 12 }))
      .map(([first, rest]) => [first, ...rest].join(","));
    const lines = fc.array(fc.oneof(line, fc.constantFrom(...smallLog().lines)), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(lines, async (all) => {
        await read(Buffer.from(all.map((each) => `${each}\n`).join("")));
      }),
      { numRuns: isLong ? 20_000 : 400 },
    );
  });

  it("survives any bytes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), async (bytes) => {
        await read(bytes);
        await read(Buffer.concat([Buffer.from(smallLog().toString()), bytes]));
      }),
      { numRuns: isLong ? 5000 : 100 },
    );
  });

  it("rejects what is no log with one error that says where", async () => {
    for (const text of ["", "hello\n", "\u0000\n".repeat(1000), "{}"]) {
      assert.equal(await read(Buffer.from(text)), undefined);
    }
  });

  it("recognizes logs by their first line, and nothing else", () => {
    const recognizes = (text: string) => v8LogReader.recognizes(Buffer.from(text), "x");
    for (const line of smallLog().lines) {
      assert.equal(recognizes(line), !/^(?:code-move|sfi-move)/.test(line), line);
    }
    for (const text of [
      "",
      "{",
      '{"nodes":[]}',
      "tick",
      "v8-version",
      "new things, and old",
      "tick, tock",
    ]) {
      assert.equal(recognizes(text), false, text);
    }
  });
});
