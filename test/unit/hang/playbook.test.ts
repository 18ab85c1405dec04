/** Holds the playbook, and what an agent is told, to the reasons that the code gives. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { stepNames } from "../../../src/formats/hang-capture/hang-file.ts";
import { reasons } from "../../../src/hang/reasons.ts";

const root = resolve(import.meta.dirname, "../../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

const guides = ["docs/hang-playbook.md", "skills/hangscope-hang/SKILL.md"];

function rows(text: string): string[][] {
  const lines = text.split("\n").filter((line) => line.startsWith("| `"));
  return lines.map((line) => line.split("|").map((cell) => cell.trim()));
}

describe("the guides to hangs", () => {
  for (const guide of guides) {
    it(`explain each reason once, in the code's order, and no other: ${guide}`, () => {
      const explained = rows(read(guide)).filter((cells) => cells.length === 5);
      assert.deepEqual(
        explained.map(([, reason]) => reason),
        Object.keys(reasons).map((reason) => `\`${reason}\``),
      );
      for (const [, reason, meaning, advice] of explained) {
        assert.match(meaning!, /\.$/, reason);
        assert.match(advice!, /\.$/, reason);
      }
    });
  }

  it("say the same", () => {
    const [playbook, skill] = guides.map((guide) => rows(read(guide)));
    assert.deepEqual(skill, playbook);
  });

  it("name every step", () => {
    const text = read(guides[0]!);
    for (const step of stepNames) assert.ok(text.includes(`\`${step}\``), step);
  });

  it("are found: the skill by its front matter, the playbook from the README", () => {
    const [, front] = /^---\n([\s\S]+?)\n---\n/.exec(read(guides[1]!)) ?? [];
    assert.deepEqual(
      front?.split("\n").map((line) => line.split(": ")[0]),
      ["name", "description"],
    );
    assert.match(front!, /^name: hangscope-hang$/m);
    assert.ok(read("README.md").includes("(docs/hang-playbook.md)"));
  });
});
