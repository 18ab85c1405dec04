import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import {
  escapeField,
  readLog,
  stackOf,
  stacksOf,
  V8Log,
  warningsOf,
} from "../../generators/v8-log.ts";

/** A log of one function by that name, with an innocent one before and after it. */
function logOf(name: string, url: string, { withScript }: { readonly withScript: boolean }): V8Log {
  const place = escapeField(url);
  const log = new V8Log().begin().code({ address: 0x500, name: `before ${place}:1:1`, mark: "~" });
  if (withScript) log.script(7, url, "x");
  log.code({ address: 0x1000, name: `${name} ${place}:2:3`, mark: "^" });
  log.source({ address: 0x1000, script: 7 });
  log.code({ address: 0x5000, name: `after ${place}:4:4`, mark: "*" });
  return log.tick({ pc: 0x1010, time: 1, frames: [0x510, 0x5011] });
}

async function assertName(name: string, url: string, options = { withScript: true }) {
  const profile = await readLog(logOf(name, url, options));
  assert.deepEqual(stackOf(profile, 0), [
    `${name}${name && " "}${url}:2:3 baseline`,
    `before ${url}:1:1 interpreter`,
    `after ${url}:4:4 turbofan`,
  ]);
  assert.equal(warningsOf(profile)["malformed-records"], undefined);
}

const hostileNames = [
  "",
  "a,b",
  ",0x123,~",
  "new\nline",
  "blank\n\nline",
  "\n",
  "\n\n",
  "\n\n\ntrailing\n\n",
  "tick,0x1,2,0,0x0,0",
  "x\ntick,0x1010,2,0,0x0,0,0x510\ny",
  "x\ncode-creation,y",
  "x\nscript-source,1,a,b",
  "quote\"'`",
  "back\\slash",
  "C:\\new\\x41.js:3:4",
  "fake /a/b.js:1:1,0x123,*",
  "get foo",
  "static async *#p",
  "emoji😀é日本",
  "tab\tand\rreturn",
  "é".repeat(1900),
];
const urls = [
  "/app/a.js",
  "/my app/a b,c.js",
  "file:///C:/x y/é.mjs",
  "C:\\new\\x41 dir\\a.js",
  "\\\\server\\share\\a.js",
  "node:internal/fs",
  "https://example.org/a.js?x=1,2:3",
  "webpack://app/./src/a.ts",
  "evalmachine.<anonymous>",
  "日本/é.js",
];

describe("v8-log names", () => {
  for (const name of hostileNames) {
    it(`reads the function ${JSON.stringify(name).slice(0, 60)}`, async () => {
      await assertName(name, "/my app/a,b.js");
    });
  }

  for (const url of urls) {
    it(`reads the script ${url}`, async () => {
      await assertName("hot", url);
      await assertName("", url);
    });
  }

  for (const url of urls.filter((each) => !/^(?:evalmachine|日)/.test(each))) {
    it(`finds ${url} where the log does not name the script`, async () => {
      await assertName("hot", url, { withScript: false });
      await assertName("get hot", url, { withScript: false });
      await assertName("", url, { withScript: false });
    });
  }

  it("reads any name with any URL", async () => {
    const text = fc.string({ unit: "binary", maxLength: 40 });
    const parts = fc.constantFrom(
      "\n",
      ",",
      " ",
      "0x1",
      "~",
      ":1:1",
      "tick,",
      "code-creation,JS,",
      "\\",
    );
    const name = fc
      .array(fc.oneof(text, parts), { maxLength: 8 })
      .map((all) => Buffer.from(all.join("")).toString())
      // What ends like a record is one.
      .filter(
        (each) => !/,0x[0-9a-f]+,[^\w\s,]{0,3}\n/.test(`${each}\n`) && !each.includes("\r\n"),
      );
    await fc.assert(
      fc.asyncProperty(name, text, (each, url) => assertName(each, url)),
      {
        numRuns: process.env["HANGSCOPE_LONG"] ? 3000 : 150,
      },
    );
  }).timeout(600_000);

  it("keeps a name that V8 has cut off", async () => {
    const name = "x".repeat(4096);
    const log = new V8Log()
      .begin()
      .script(7, "/a.js", "f")
      .code({ address: 0x1000, name, mark: "~" });
    log.source({ address: 0x1000, script: 7 }).tick({ pc: 0x1010, time: 1 });
    const profile = await readLog(log);
    assert.equal(profile.strings[profile.functions.name[profile.frames.func.at(-1)!]!], name);
    assert.ok(profile.strings.includes("/a.js"));
  });

  describe("a torn record", () => {
    it("swallows nothing of what follows", async () => {
      const log = new V8Log().begin().code({ address: 0x1000, name: " /a.js:1:1", mark: "~" });
      log
        .add("code-creation", "JS", 10, 5, "0x2000", 256, "torn /a.js:9")
        .tick({ pc: 0x1010, time: 1 });
      log
        .code({ address: 0x3000, name: "whole /a.js:3:3", mark: "~" })
        .tick({ pc: 0x3010, time: 2 });
      const profile = await readLog(log);
      assert.deepEqual(stacksOf(profile), [
        ["/a.js:1:1 interpreter"],
        ["whole /a.js:3:3 interpreter"],
      ]);
      assert.deepEqual(warningsOf(profile), { "malformed-records": 1 });
    });

    it("swallows nothing where no other function follows", async () => {
      const log = new V8Log().begin().code({ address: 0x1000, name: " /a.js:1:1", mark: "~" });
      log.add("code-creation", "JS", 10, 5, "0x2000", 256, "torn /a.js:9");
      for (let time = 1; time <= 2000; time++) log.tick({ pc: 0x1010, time });
      // No name is that long, even if this looks like its end.
      const profile = await readLog(log.add("end of a name /a.js:1:1", "0x11", "~"));
      assert.equal(profile.samples.length, 2000);
      assert.deepEqual(warningsOf(profile), { "malformed-records": 2 });
    });
  });
});
