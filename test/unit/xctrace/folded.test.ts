/** Exports as folded stacks. */
import assert from "node:assert/strict";
import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { writeFolded } from "../../../src/formats/folded/write.ts";
import type { FoldedPrefix } from "../../../src/formats/writer-formats.ts";
import type { Profile } from "../../../src/profile/profile.ts";
import { exportText, stackShapes } from "../../generators/xctrace.ts";
import { readTable, readText, withFile } from "./helpers.ts";

function folded(profile: Profile, prefix?: readonly FoldedPrefix[]): Promise<string[]> {
  return withFile("", async (path) => {
    await writeFolded(profile, createWriteStream(path), undefined, prefix && { prefix });
    return (await readFile(path, "utf8")).trimEnd().split("\n").sort();
  });
}

const row = (thread: string, pid: number, weight: number, stack: string) =>
  `<sample-time>1</sample-time><thread fmt="${thread} 0x1 (a;b, pid: ${pid})"><tid>${pid}</tid><process fmt="a;b (${pid})"><pid>${pid}</pid></process></thread><sentinel/><sentinel/><sentinel/><weight>${weight}</weight>${stack}`;
const frame = (name: string, line = 0) =>
  `<frame name="${name}"><source line="${line}"><path>/a.m</path></source></frame>`;

describe("xctrace exports as folded stacks", () => {
  for (const shape of stackShapes) {
    it(`count the samples of each distinct stack (${shape})`, async () => {
      const { text, expected } = exportText({ shape, bytes: 300_000, seed: 4 });
      const lines = Array.from(expected.samplesByStack, ([stack, count]) => `${stack} ${count}`);
      assert.deepEqual(await folded(await readText(text)), lines.sort());
    });
  }

  const rows = [
    row(
      "Main",
      7,
      1_000_000,
      `<backtrace>${frame("leaf", 3)}${frame("main;\n\nloop", 9)}</backtrace>`,
    ),
    row(
      "Main",
      7,
      9_000_000,
      `<backtrace>${frame("leaf", 4)}${frame("main;\n\nloop", 9)}</backtrace>`,
    ),
    row("W;1", 8, 0, `<backtrace>${frame("leaf", 3)}</backtrace>`),
    row("Main", 7, 1000, `<backtrace>${frame("leaf", 3)}</backtrace>`),
  ];

  it("are one line for all lines of a function, and whatever the samples weigh", async () => {
    const profile = await readTable({ rows });
    assert.deepEqual(await folded(profile), ["leaf 2", "main loop;leaf 2"]);
  });

  it("begin with process and thread where that is asked for, in that order", async () => {
    const profile = await readTable({ rows });
    assert.deepEqual(await folded(profile, ["process", "thread"]), [
      "a b;Main;leaf 1",
      "a b;Main;main loop;leaf 2",
      "a b;W 1;leaf 1",
    ]);
    assert.deepEqual(await folded(profile, ["thread"]), [
      "Main;leaf 1",
      "Main;main loop;leaf 2",
      "W 1;leaf 1",
    ]);
  });
});
