/** Ids and references: through the whole document, of every element, to anything. */
import assert from "node:assert/strict";
import {
  exportOf,
  framesAt,
  readTable,
  readText,
  stacksOf,
  tableNode,
  usual,
  warningsOf,
} from "./helpers.ts";

const stack =
  '<backtrace id="10"><frame id="11" name="f"><binary id="12" name="B" path="/B"/><source id="13" line="3"><path id="14">/f.c</path></source></frame></backtrace>';

describe("xctrace references", () => {
  it("stand for any element", async () => {
    const again = [
      '<sample-time ref="1"/><thread id="20" fmt="W 0x20 (Shop, pid: 7)"><tid ref="3"/><process ref="4"/></thread>',
      '<process id="21" fmt="Shop (7)"><pid ref="5"/></process><core ref="7"/><thread-state ref="8"/><weight ref="9"/>',
      '<backtrace id="22"><frame id="23" name="g"><binary ref="12"/><source ref="13"/></frame><frame id="24" name="h"><source line="4"><path ref="14"/></source></frame></backtrace>',
    ].join("");
    const profile = await readTable({ rows: [usual + stack, again] });
    const { time, weight, thread, node } = profile.samples;
    assert.deepEqual([...time], [1000, 1000]);
    assert.deepEqual([...weight], [2000, 2000]);
    assert.deepEqual([...thread], [0, 0]);
    assert.deepEqual(framesAt(profile, node[1]!), [
      { name: "g", module: "/B", url: "/f.c", line: 3, inlined: false },
      { name: "h", module: "", url: "/f.c", line: 4, inlined: false },
    ]);
    assert.deepEqual(profile.warnings, []);
  });

  it("reach into tables that are not read, and out of them", async () => {
    const other = tableNode({ schema: "os-signpost", rows: [usual + stack] });
    const row =
      '<sample-time ref="1"/><thread ref="2"/><process ref="4"/><core ref="7"/><thread-state ref="8"/><weight ref="9"/><backtrace ref="10"/>';
    const profile = await readText(exportOf(other, tableNode({ rows: [row] })));
    assert.deepEqual(stacksOf(profile), [["f"]]);
    assert.deepEqual(warningsOf(profile), { "other-tables": 1 });
  });

  it("mean what was defined last before them", async () => {
    const row = (frame: string) =>
      `${usual.replaceAll(/ id="\d+"/g, "").replace('<process ref="4"/>', "<sentinel/>")}<backtrace>${frame}</backtrace>`;
    const profile = await readTable({
      rows: [
        '<frame id="11" name="one"/>',
        '<frame ref="11"/>',
        '<frame id="11" name="two"/>',
        '<frame ref="11"/>',
      ].map(row),
    });
    assert.deepEqual(stacksOf(profile), [["one"], ["one"], ["two"], ["two"]]);
  });

  it("leave a backtrace as it was when a frame of it is defined again", async () => {
    const cells =
      "<sample-time>1</sample-time><sentinel/><sentinel/><sentinel/><sentinel/><weight>1</weight>";
    const profile = await readTable({
      rows: [
        `${cells}<backtrace id="1"><frame id="2" name="one"/></backtrace>`,
        `${cells}<backtrace id="3"><frame id="2" name="two"/></backtrace>`,
        `${cells}<backtrace ref="1"/>`,
      ],
    });
    assert.deepEqual(stacksOf(profile), [["one"], ["two"], ["one"]]);
  });

  it("to nothing, forwards or to another element are counted, and the row is kept", async () => {
    const rows = [
      `<sample-time ref="77"/>${usual.slice(usual.indexOf("<thread "))}<backtrace ref="78"/>`,
      `${usual.slice(0, usual.indexOf("<weight"))}<weight ref="8"/><backtrace ref="79"/>`,
      `${usual.slice(0, usual.indexOf("<weight"))}<weight ref="9"/><backtrace id="79"><frame id="80" name="f"/></backtrace>`,
    ];
    const profile = await readTable({ rows });
    assert.equal(profile.samples.length, 3);
    assert.deepEqual([...profile.samples.time], [0, 1000, 1000]);
    assert.deepEqual([...profile.samples.weight], [2000, 0, 2000]);
    assert.deepEqual(stacksOf(profile), [["(no stack)"], ["(no stack)"], ["f"]]);
    assert.deepEqual(warningsOf(profile), {
      "unresolved-refs": 4,
      "samples-without-time": 1,
      "samples-without-weight": 1,
      "samples-without-stack": 2,
    });
  });

  it("work with ids up to 2^53, and count those that are none", async () => {
    const ids = ["9007199254740991", "4294967295", "4294967296", "70000", "0", "007"];
    const frames = ids.map((id, i) => `<frame id="${id}" name="f${i}"/>`).join("");
    const refs = ids.map((id) => `<frame ref="${id}"/>`).join("");
    const bad =
      '<frame id="9007199254740993" name="x"/><frame id="-1" name="y"/><frame id="" name="z"/><frame ref="x"/>';
    const cells =
      "<sample-time>1</sample-time><sentinel/><sentinel/><sentinel/><sentinel/><weight>1</weight>";
    const profile = await readTable({
      rows: [
        `${cells}<backtrace>${frames}</backtrace>`,
        `${cells}<backtrace>${refs}</backtrace>`,
        `${cells}<backtrace>${bad}</backtrace>`,
      ],
    });
    const names = ids.map((_, i) => `f${i}`);
    assert.deepEqual(stacksOf(profile), [names, names, ["x", "y", "z", "(unknown)"]]);
    assert.deepEqual(warningsOf(profile), { "lost-ids": 3, "unresolved-refs": 1 });
  });
});
