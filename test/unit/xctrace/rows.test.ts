/** What rows say: columns, units, states, threads and processes. */
import assert from "node:assert/strict";
import { categories, type Profile } from "../../../src/profile/profile.ts";
import { querySchema } from "../../../src/profile/query.ts";
import { ProfileViews } from "../../../src/profile/views/profile-views.ts";
import { readTable, stacksOf, usual, usualAgain, warningsOf } from "./helpers.ts";

const stack = (name: string, id = 0) =>
  `<backtrace${id ? ` id="${id}"` : ""}><frame name="${name}"/></backtrace>`;

/** A row of one process, which has one thread. */
function rowOf(pid: number, name: string, time = 1000): string {
  return [
    `<sample-time>${time}</sample-time>`,
    `<thread fmt="Main Thread 0x${pid.toString(16)} (${name}, pid: ${pid})"><tid>${pid}</tid><process fmt="${name} (${pid})"><pid>${pid}</pid></process></thread>`,
    `<process fmt="${name} (${pid})"><pid>${pid}</pid></process>`,
    `<core>0</core><thread-state>Running</thread-state><weight>1000000</weight>${stack(`of ${name}`)}`,
  ].join("");
}

function withState(state: string): string {
  return usual.replace(/<thread-state.*?<\/thread-state>/, state);
}

function functionNames({ functions, strings }: Profile): string[] {
  return Array.from(functions.name, (name) => strings[name]!);
}

describe("xctrace rows", () => {
  describe("columns", () => {
    const cells: Readonly<Record<string, string>> = {
      "sample-time": "<sample-time>5000</sample-time>",
      thread: '<thread fmt="W 0x1 (A, pid: 3)"><tid>1</tid></thread>',
      process: '<process fmt="A (3)"><pid>3</pid></process>',
      core: "<core>0</core>",
      weight: "<weight>7000</weight>",
      backtrace: stack("f"),
    };

    it("are found by the header, in whatever order", async () => {
      const types = ["backtrace", "core", "weight", "process", "thread", "sample-time"];
      const profile = await readTable({
        columns: types.map((type) => [type === "backtrace" ? "stack" : type, type]),
        rows: [types.map((type) => cells[type]).join("\n")],
      });
      assert.deepEqual([...profile.samples.time, ...profile.samples.weight], [5, 7]);
      assert.deepEqual(profile.threads, [{ id: 1, name: "W", pid: 3, process: "A" }]);
      assert.deepEqual(stacksOf(profile), [["f"]]);
      assert.deepEqual(profile.warnings, []);
    });

    it("are the ones with the usual name where a type stands twice", async () => {
      const profile = await readTable({
        columns: [
          ["time", "sample-time"],
          ["creation", "backtrace"],
          ["stack", "backtrace"],
          ["weight", "weight"],
          ["old-weight", "weight"],
        ],
        rows: [
          `${cells["sample-time"]}${stack("creator")}${stack("f")}<weight>1000</weight><weight>5000</weight>`,
        ],
      });
      assert.deepEqual(stacksOf(profile), [["f"]]);
      assert.deepEqual([...profile.samples.weight], [1]);
    });

    it("of no interest and cells beyond them are left alone", async () => {
      const profile = await readTable({
        columns: [
          ["time", "sample-time"],
          ["note", "narrative"],
          ["stack", "backtrace"],
        ],
        rows: [
          `${cells["sample-time"]}<narrative><weight>9</weight>${stack("no")}</narrative>${stack("f")}${stack("beyond")}`,
          `${cells["sample-time"]}<sentinel/>`,
        ],
      });
      assert.deepEqual(stacksOf(profile), [["f"], ["(no stack)"]]);
    });
  });

  it("count microseconds of nanoseconds, up to 2^53 of them", async () => {
    const latest = Number.MAX_SAFE_INTEGER;
    const far = usual.replace(">1000000<", `>${latest}<`).replace(">2000000<", ">1500<");
    const { samples, meta } = await readTable({ rows: [far + stack("f")] });
    assert.deepEqual([...samples.time], [latest / 1000]);
    assert.deepEqual([...samples.weight], [1.5]);
    assert.equal(meta.weightUnit, "microseconds");
    assert.equal(meta.duration, latest / 1000 + 1.5);
  });

  it("tell the sampling interval by the usual weight", async () => {
    const rows = [usual, ...Array(3).fill(usualAgain), usual.replace(">2000000<", ">4000000<")];
    const { meta } = await readTable({ rows: rows.map((row) => row + stack("f")) });
    assert.equal(meta.interval, 2000);
  });

  it("of a cpu-profile weigh cycles", async () => {
    const columns = [
      ["time", "sample-time"],
      ["weight", "cycle-weight"],
      ["stack", "backtrace"],
    ] as const;
    const row = (time: number) =>
      `<sample-time>${time}</sample-time><cycle-weight>837200</cycle-weight>${stack("f")}`;
    const { samples, meta } = await readTable({
      schema: "cpu-profile",
      columns,
      rows: [row(2000), row(5000)],
    });
    assert.deepEqual([...samples.weight], [837200, 837200]);
    assert.deepEqual([meta.weightUnit, meta.duration, meta.interval], ["cycles", 5, 0]);
  });

  it("without weights count a millisecond each, and say so", async () => {
    const columns = [
      ["time", "sample-time"],
      ["thread", "thread"],
      ["stack", "backtrace"],
    ] as const;
    const row = `<sample-time>2000</sample-time><thread fmt="W"><tid>1</tid></thread>${stack("f")}`;
    const profile = await readTable({ schema: "time-sample", columns, rows: [row, row] });
    assert.deepEqual([...profile.samples.weight], [1000, 1000]);
    assert.deepEqual(warningsOf(profile), { "no-weights": 1 });
  });

  it("with values that are no numbers are kept and counted", async () => {
    const odd = usual.replace(">1000000<", ">soon<").replace(">2000000<", "><");
    const profile = await readTable({ rows: [odd + stack("f")] });
    assert.deepEqual([...profile.samples.time, ...profile.samples.weight], [0, 0]);
    assert.deepEqual(warningsOf(profile), {
      "unreadable-values": 2,
      "samples-without-time": 1,
      "samples-without-weight": 1,
    });
  });

  it("are put in order of time, each with its own stack and thread", async () => {
    const rows = [
      rowOf(7, "A", 9000),
      rowOf(8, "B", 5000),
      rowOf(7, "A", 1000),
      rowOf(7, "A", 5000),
    ];
    const profile = await readTable({ rows });
    assert.deepEqual([...profile.samples.time], [1, 5, 5, 9]);
    assert.deepEqual([...profile.samples.thread], [0, 1, 0, 0]);
    assert.deepEqual(stacksOf(profile).flat(), ["of A", "of B", "of A", "of A"]);
  });

  describe("of threads that did not run", () => {
    const rows = [
      usual + stack("busy"),
      withState("<thread-state>Blocked</thread-state>")
        .replaceAll(/ id="\d+"/g, "")
        .replace('<process ref="4"/>', "<sentinel/>") + stack("wait"),
    ];

    it("are idle, not CPU time, and counted", async () => {
      const profile = await readTable({ rows });
      assert.deepEqual(stacksOf(profile), [["busy"], ["(blocked)", "wait"]]);
      assert.deepEqual(warningsOf(profile), { "not-running": 1 });
      const summary = new ProfileViews(profile).answer(querySchema.parse({ kind: "summary" }));
      assert.equal("total" in summary && summary.total, 2000);
    });

    it("do not take those without a state with them", async () => {
      const profile = await readTable({
        rows: [
          withState("<sentinel/>") + stack("f"),
          withState("<thread-state/>")
            .replaceAll(/ id="\d+"/g, "")
            .replace('<process ref="4"/>', "<sentinel/>") + stack("f"),
        ],
      });
      assert.deepEqual(stacksOf(profile), [["f"], ["f"]]);
      assert.deepEqual(profile.warnings, []);
    });
  });

  describe("threads", () => {
    const named = async (label: string) => {
      const profile = await readTable({
        rows: [usual.replace(/fmt="Main[^"]*"/, `fmt="${label}"`) + stack("f")],
      });
      return profile.threads;
    };

    it("have the name, tid and process that Xcode shows", async () => {
      assert.deepEqual(await named("Main Thread 0x10 (Shop, pid: 7)"), [
        { id: 16, name: "Main Thread", pid: 7, process: "Shop" },
      ]);
      assert.equal(
        (await named("com.apple.uikit (x) 0x10 (Shop, pid: 7)"))[0]!.name,
        "com.apple.uikit (x)",
      );
    });

    it("without a name of their own keep their number", async () => {
      assert.equal((await named("Shop 0x10 (Shop, pid: 7)"))[0]!.name, "Shop 0x10");
      assert.equal((await named("0x10 (Shop, pid: 7)"))[0]!.name, "Thread 0x10");
      assert.equal((await named(""))[0]!.name, "Thread 0x10");
      assert.equal((await named("whatever"))[0]!.name, "whatever");
    });

    it("are one thread when defined again, by its last name", async () => {
      const renamed = rowOf(7, "Shop")
        .replace("Main Thread", "Renderer")
        .replaceAll("Shop (7)", "Shop Pro (7)");
      const { threads, samples } = await readTable({
        rows: [
          rowOf(7, "Unknown"),
          rowOf(7, "Shop"),
          renamed,
          rowOf(7, "Unknown").replace("Main Thread", "Renderer"),
        ],
      });
      assert.deepEqual(threads, [{ id: 7, name: "Renderer", pid: 7, process: "Shop Pro" }]);
      assert.deepEqual([...samples.thread], [0, 0, 0, 0]);
    });

    it("without a tid or row are one unknown thread of their process", async () => {
      const columns = [
        ["process", "process"],
        ["stack", "backtrace"],
      ] as const;
      const row = (pid: number) =>
        `<process fmt="P (${pid})"><pid>${pid}</pid></process>${stack("f")}`;
      const { threads } = await readTable({ columns, rows: [row(1), row(2), row(1)] });
      const unknown = { id: 0, name: "(unknown thread)", process: "P" };
      assert.deepEqual(threads, [
        { ...unknown, pid: 1 },
        { ...unknown, pid: 2 },
      ]);
    });
  });

  describe("of one process", () => {
    const rows = [
      rowOf(7, "Shop"),
      rowOf(8, "Finder"),
      rowOf(8, "Finder"),
      rowOf(9, "Dock"),
      rowOf(7, "Shop", 5000),
    ];

    it("are all that is left, and the others are named", async () => {
      const profile = await readTable({ rows }, { pid: 7 });
      assert.deepEqual(stacksOf(profile), [["of Shop"], ["of Shop"]]);
      assert.deepEqual(functionNames(profile), ["of Shop"]);
      assert.deepEqual(
        profile.threads.map(({ pid }) => pid),
        [7],
      );
      assert.deepEqual(profile.warnings, [
        {
          code: "other-processes",
          message: "Only process 7 is shown. Samples of others: Finder (8), Dock (9).",
          count: 3,
        },
      ]);
    });

    it("may refer to what stands in rows of others", async () => {
      const all = [
        rowOf(8, "Finder").replace("<backtrace>", '<backtrace id="40">'),
        rowOf(7, "Shop").replace(/<backtrace>.*/, '<backtrace ref="40"/>'),
      ];
      const profile = await readTable({ rows: all }, { pid: 7 });
      assert.deepEqual(stacksOf(profile), [["of Finder"]]);
    });

    it("are none: the warning says whose there are", async () => {
      const profile = await readTable({ rows }, { pid: 4711 });
      assert.equal(profile.samples.length, 0);
      assert.match(
        profile.warnings[0]!.message,
        /^No samples of process 4711: .* Shop \(7\), Finder \(8\), Dock \(9\)\.$/,
      );
      assert.deepEqual(warningsOf(profile), { "no-such-process": 1, "other-processes": 5 });
    });

    it("are those of the row's own process where it has one", async () => {
      const mixed = rowOf(8, "Finder").replace(
        /(<\/thread>)<process.*?<\/process>/,
        '$1<process fmt="Shop (7)"><pid>7</pid></process>',
      );
      const lent = await readTable({ rows: [mixed] }, { pid: 7 });
      assert.equal(lent.samples.length, 1);
      const bare = rowOf(7, "Shop").replace(/(<\/thread>)<process.*?<\/process>/, "$1<sentinel/>");
      assert.equal((await readTable({ rows: [bare] }, { pid: 7 })).samples.length, 1);
    });
  });

  it("put frames in the category of their binary", async () => {
    const frame = (name: string, path: string) =>
      `<frame name="${name}"><binary name="${name}" path="${path}"/></frame>`;
    const frames = [
      frame("Shop", "/Users/ann/Shop.app/Shop"),
      frame("UIKit", "/System/Library/UIKit"),
      frame("tool", "/opt/tool"),
      '<frame name="none"/>',
    ];
    const read = async (executables: string[]) => {
      const { functions } = await readTable(
        { rows: [`${usual}<backtrace>${frames.join("")}</backtrace>`] },
        { executables },
      );
      return Array.from(functions.category, (id) => categories[id]);
    };
    assert.deepEqual(await read([]), ["app", "system", "native", "native"]);
    assert.deepEqual(await read(["/opt/tool"]), ["app", "system", "app", "native"]);
  });
});
