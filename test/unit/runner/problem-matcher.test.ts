/** `$hangscope-xcodebuild`, for tasks of users' own, finds what our reader finds at a place. */
import assert from "node:assert/strict";
import { resolve } from "node:path";
import { stripVTControlCharacters } from "node:util";
import manifest from "../../../package.json" with { type: "json" };
import { cpuMs } from "../../support/cpu-time.ts";
import { corpus, folder } from "./support/xcodebuild-corpus.ts";

const [matcher] = manifest.contributes.problemMatchers;
const { regexp, file, line, column, severity, message } = matcher!.pattern;
const pattern = new RegExp(regexp);

/** As VS Code does: without colours and line ends, a relative path from the folder. */
function problemIn(raw: string) {
  const found = pattern.exec(stripVTControlCharacters(raw).replace(/[\r\n]+$/, ""));
  if (!found) return undefined;
  const path = found[file]!;
  return {
    severity: found[severity],
    file: /^[A-Za-z]:\\/.test(path) ? path : resolve(folder, path),
    line: Number(found[line]),
    message: found[message],
    ...(found[column] !== undefined && { column: Number(found[column]) }),
  };
}

describe("the problem matcher", () => {
  it("is contributed under the name that tasks use", () => {
    assert.equal(matcher!.name, "hangscope-xcodebuild");
  });

  for (const [name, cases] of Object.entries(corpus)) {
    describe(`for ${name}`, () => {
      for (const { is, lines, says } of cases) {
        it(is, () => {
          const found = lines.map(problemIn).filter((each) => each !== undefined);
          for (const each of found) assert.ok(Number.isInteger(each.line) && each.line > 0);
          const placed = says.filter(({ line: at }) => at !== undefined);
          for (const { kind: _, related: __, target: ___, severity = "error", ...rest } of placed) {
            const wanted = { severity, ...rest };
            assert.ok(
              found.some((each) => JSON.stringify(sorted(each)) === JSON.stringify(sorted(wanted))),
              `${JSON.stringify(wanted)} in ${JSON.stringify(found)}`,
            );
          }
          // And nothing where there is nothing, but notes, which have a place of their own here.
          const errors = found.filter((each) => each.severity !== "note");
          if (placed.length === 0) assert.deepEqual(errors, []);
        });
      }
    });
  }

  it("is fast on lines that come near to one", async () => {
    for (const near of [
      "/a b:".repeat(5_000),
      `${"x ".repeat(20_000)}:1:`,
      "a:1:2: ".repeat(4_000),
    ]) {
      const ms = await cpuMs(() => assert.equal(problemIn(near), undefined));
      assert.ok(ms < 1_500);
    }
  });
});

function sorted(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => a.localeCompare(b)));
}
