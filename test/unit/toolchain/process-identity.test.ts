import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import {
  compare,
  identify,
  isAlive,
  isSame,
  isSameCommand,
} from "../../../src/toolchain/process-identity/identity.ts";
import { parseProcCmdline, parseProcStat } from "../../../src/toolchain/process-identity/linux.ts";
import { parsePs } from "../../../src/toolchain/process-identity/macos.ts";
import { parseCim, splitCommandLine } from "../../../src/toolchain/process-identity/windows.ts";

describe("process identity", () => {
  it("knows this process", async () => {
    const own = await identify(process.pid);
    assert.equal(own?.pid, process.pid);
    assert.deepEqual(own?.args.slice(1), [...process.execArgv, ...process.argv.slice(1)]);
    assert.equal(await isSame(own!), "same");
    assert.equal(await identify(2 ** 22 + 1), undefined);
  });

  it("tells a process from the next one with its pid, and doubts a changed command line", async () => {
    const own = (await identify(process.pid))!;
    assert.equal(await isSame({ ...own, startTime: `${own.startTime}1` }), "gone");
    assert.equal(await isSame({ ...own, args: [...own.args, "x"] }), "unknown");
    assert.equal(compare(own, undefined), "gone");
  });

  it("takes a process that has ended but was not looked at yet for gone", async function () {
    if (process.platform !== "linux") this.skip();
    const shell = execa("sh", ["-c", "sleep 0 & echo $!; exec sleep 5"], { reject: false });
    const pid = Number(String(await new Promise((resolve) => shell.stdout.once("data", resolve))));
    await sleep(200);
    assert.ok(isAlive(pid), "it is a zombie");
    assert.equal(await identify(pid), undefined);
    shell.kill();
  });

  it("compares argument by argument, never a part of one", () => {
    assert.ok(isSameCommand(["node", "a b", "c"], ["node", "a b", "c"]));
    assert.ok(!isSameCommand(["node", "a", "b c"], ["node", "a b", "c"]));
    assert.ok(!isSameCommand(["node", "/x/server.js"], ["node", "/x/server.js", "--more"]));
    assert.ok(isSameCommand(["node", "a b", "c"], ["node a b c"]));
    assert.ok(!isSameCommand(["node", "a b", "c"], ["/usr/bin/node a b c"]));
  });

  it("reads Linux' start time behind any process name", () => {
    const fields = Array.from({ length: 16 }, (_, i) => i + 4).join(" ");
    assert.equal(parseProcStat(`12 (a) b) (c) S ${fields} 9 0 987654 0 0`), "987654");
    assert.equal(parseProcStat(`12 (node) Z ${fields} 1 0 987654 0 0`), undefined);
    assert.equal(parseProcStat(`12 (node) Z ${fields} 3 0 987654 0 0`), "987654");
    assert.deepEqual(parseProcCmdline("node\0a b\0\0"), ["node", "a b", ""]);
  });

  it("reads what macOS' ps prints", () => {
    const line =
      "Ss   Sat Nov 21 07:31:05 2026     /usr/local/bin/node /x/server.js --folder /Users/a b/c\n";
    assert.deepEqual(parsePs(line), {
      startTime: "Sat Nov 21 07:31:05 2026",
      args: ["/usr/local/bin/node /x/server.js --folder /Users/a b/c"],
    });
    assert.equal(
      parsePs("S+   Sun Nov  1 17:01:00 2026     /bin/zsh -l\n")?.startTime,
      "Sun Nov  1 17:01:00 2026",
    );
    assert.equal(parsePs("Z    Sat Nov 21 07:31:05 2026     (node)\n"), undefined);
    assert.equal(parsePs(""), undefined);
    assert.throws(() => parsePs("sam 21 nov 07:31:05 2026 node"), /not understood/);
  });

  it("reads what Windows' CIM prints", () => {
    const text =
      '133766070650123456\r\n"C:\\Program Files\\nodejs\\node.exe" C:\\x\\server.js --folder "C:\\Users\\a b\\\\"\r\n';
    assert.deepEqual(parseCim(text), {
      startTime: "133766070650123456",
      args: [
        "C:\\Program Files\\nodejs\\node.exe",
        "C:\\x\\server.js",
        "--folder",
        "C:\\Users\\a b\\",
      ],
    });
    assert.equal(parseCim("\r\n"), undefined);
    assert.throws(() => parseCim("Access denied"), /not understood/);
  });

  it("parts a Windows command line as Windows does", () => {
    const cases: [string, string[]][] = [
      ['a "b c" d', ["a", "b c", "d"]],
      ['"a\\"b" c\\d e\\\\', ['a"b', "c\\d", "e\\\\"]],
      ['a "" b', ["a", "", "b"]],
      ['a\\\\\\"b "c d\\\\" e', ['a\\"b', "c d\\", "e"]],
      ["  a\t b  ", ["a", "b"]],
      ["", []],
    ];
    for (const [text, args] of cases) assert.deepEqual(splitCommandLine(text), args, text);
  });
});
