/** Stacks in each shape that Xcode has given them, and what a frame says. */
import assert from "node:assert/strict";
import { framesAt, readStacks, stacksOf, warningsOf } from "./helpers.ts";

const shop = "/private/var/containers/Bundle/Application/8B/Shop.app/Shop";
const leaf = `<frame id="50" name="-[Cart add:]" addr="0x1000"><binary id="60" name="Shop" UUID="8B" arch="arm64" load-addr="0x100" path="${shop}"/><source line="27"><path id="70">/Users/ann/shop/Cart.m</path></source></frame>`;
const middle = `<frame id="51" name="std::map&lt;int, int&gt;::at" addr="0x1001" inlined="1"><binary ref="60"/></frame>`;
const root = `<frame id="52" name="0x18f00c3e4" addr="0x18f00c3e4"/>`;
const names = ["-[Cart add:]", "std::map<int, int>::at", "0x18f00c3e4"];

describe("xctrace stacks", () => {
  it("are frames of a backtrace, innermost first (Xcode 14.3 to 26.3)", async () => {
    const profile = await readStacks([`<backtrace id="40">${leaf}${middle}${root}</backtrace>`]);
    assert.deepEqual(framesAt(profile, profile.samples.node[0]!), [
      { name: names[0], module: shop, url: "/Users/ann/shop/Cart.m", line: 27, inlined: false },
      { name: names[1], module: shop, url: "", line: 0, inlined: true },
      // Never the binary of the frame beside it.
      { name: names[2], module: "", url: "", line: 0, inlined: false },
    ]);
    assert.deepEqual(profile.warnings, []);
  });

  it("are a backtrace inside a tagged one (Xcode 26.4)", async () => {
    const profile = await readStacks(
      [
        `<tagged-backtrace id="40" fmt="-[Cart add:] ← (2 other frames)"><backtrace id="41">${leaf}${middle}${root}</backtrace><text-tag id="42">task 7</text-tag></tagged-backtrace>`,
        `<tagged-backtrace ref="40"/>`,
        `<tagged-backtrace id="43"><backtrace ref="41"/></tagged-backtrace>`,
      ],
      "tagged-backtrace",
    );
    assert.deepEqual(stacksOf(profile), [names, names, names]);
    assert.deepEqual(profile.warnings, []);
  });

  it("are frames of a tagged backtrace (Xcode 27)", async () => {
    const profile = await readStacks(
      [
        `<tagged-backtrace id="40">${leaf}${middle}${root}</tagged-backtrace>`,
        `<tagged-backtrace ref="40"></tagged-backtrace>`,
      ],
      "tagged-backtrace",
    );
    assert.deepEqual(stacksOf(profile), [names, names]);
  });

  it("are addresses, and a name for the innermost (Xcode 12.5 and 14.0)", async () => {
    const profile = await readStacks([
      `<backtrace id="40" fmt="mach_msg_trap ← (2 other frames)"><process ref="4"/><text-addresses id="41" fmt="frag 1">140703375839258 4371128 18446743523953737728</text-addresses></backtrace>`,
      `<backtrace ref="40"/>`,
      // The same callers below another function, and nothing known but the address.
      `<backtrace id="42" fmt="main ← (1 other frame)"><text-addresses ref="41"/></backtrace>`,
      `<backtrace id="43"><text-addresses ref="41"/></backtrace>`,
      `<backtrace id="44" fmt="0x42b2b8"><text-addresses id="45">4371128</text-addresses></backtrace>`,
      // Two lists, the first of the innermost frames.
      `<backtrace id="46" fmt="a ← (3 other frames)"><text-addresses id="47">1 2</text-addresses><text-addresses ref="41"/></backtrace>`,
    ]);
    const callers = ["0x42b2b8", "0xffffff8000000000"];
    assert.deepEqual(stacksOf(profile), [
      ["mach_msg_trap", ...callers],
      ["mach_msg_trap", ...callers],
      ["main", ...callers],
      ["0x7ff80ebc501a", ...callers],
      ["0x42b2b8"],
      ["a", "0x2", "0x7ff80ebc501a", ...callers],
    ]);
    assert.deepEqual(profile.warnings, []);
  });

  it("share what they have in common, wherever a frame was defined", async () => {
    const profile = await readStacks([
      `<backtrace id="40">${leaf}${middle}${root}</backtrace>`,
      `<backtrace id="41"><frame ref="51"/><frame ref="52"/></backtrace>`,
      `<backtrace id="42"><frame id="53" name="-[Cart add:]" addr="0x1f00"><binary ref="60"/></frame><frame ref="52"/></backtrace>`,
    ]);
    assert.deepEqual(stacksOf(profile), [names, names.slice(1), [names[0], names[2]]]);
    assert.equal(profile.nodes.length, 4);
  });

  it("of addresses may go on where another ended, whatever was read in between", async () => {
    const backtrace = (fmt: string, addresses: string) =>
      `<backtrace fmt="${fmt}"><text-addresses>${addresses}</text-addresses></backtrace>`;
    const profile = await readStacks([
      backtrace("0x20 ← (1 other frame)", "32 16"),
      backtrace("f ← (1 other frame)", "64 48"),
      backtrace("g ← (3 other frames)", "80 48 32 16"),
    ]);
    assert.deepEqual(stacksOf(profile), [
      ["0x20", "0x10"],
      ["f", "0x30"],
      ["g", "0x30", "0x20", "0x10"],
    ]);
  });

  it("may be missing: the sample is counted all the same", async () => {
    const profile = await readStacks([
      "<sentinel/>",
      '<backtrace id="40"/>',
      '<backtrace id="41" fmt="x"></backtrace>',
      '<backtrace ref="40"/>',
    ]);
    assert.deepEqual(stacksOf(profile), Array(4).fill(["(no stack)"]));
    assert.deepEqual(warningsOf(profile), { "samples-without-stack": 4 });
  });

  it("keep their depth where a frame is not known", async () => {
    const profile = await readStacks([
      `<backtrace id="40">${leaf}<frame ref="999"/>${root}</backtrace>`,
    ]);
    assert.deepEqual(stacksOf(profile), [[names[0], "(unknown)", names[2]]]);
    assert.deepEqual(warningsOf(profile), { "unresolved-refs": 1 });
  });

  it("take the first of several backtraces, and say so", async () => {
    const profile = await readStacks(
      [
        `<tagged-backtrace id="40"><backtrace id="41">${root}</backtrace><backtrace id="42">${leaf}</backtrace></tagged-backtrace>`,
      ],
      "tagged-backtrace",
    );
    assert.deepEqual(stacksOf(profile), [["0x18f00c3e4"]]);
    assert.deepEqual(warningsOf(profile), { "extra-backtraces": 1 });
  });

  it("can be thousands of frames deep", async () => {
    const frames = Array.from({ length: 5000 }, (_, i) => `<frame id="${100 + i}" name="f${i}"/>`);
    const addresses = Array.from({ length: 5000 }, (_, i) => i + 1).join(" ");
    const profile = await readStacks([
      `<backtrace id="40">${frames.join("")}</backtrace>`,
      `<backtrace id="41" fmt="f"><text-addresses id="42">${addresses}</text-addresses></backtrace>`,
    ]);
    assert.deepEqual(
      stacksOf(profile).map(({ length }) => length),
      [5000, 5000],
    );
  });

  it("name a frame without a name by its address", async () => {
    const profile = await readStacks([
      '<backtrace id="40"><frame id="41" addr="0xabc"/><frame id="42" name="" addr="0xdef"/><frame id="43"/></backtrace>',
    ]);
    assert.deepEqual(stacksOf(profile), [["0xabc", "0xdef", "(unknown)"]]);
  });

  it("tell functions of one name apart by their binary and file", async () => {
    const frame = (id: number, binary: string, path: string, line: number) =>
      `<frame id="${id}" name="run"><binary name="${binary}" path="/x/${binary}"/><source line="${line}"><path>${path}</path></source></frame>`;
    const { functions, frames } = await readStacks([
      `<backtrace>${frame(50, "a", "/1.m", 3)}${frame(51, "b", "/1.m", 3)}${frame(52, "a", "/2.m", 3)}${frame(53, "a", "/1.m", 4)}</backtrace>`,
    ]);
    assert.equal(functions.length, 3);
    assert.equal(frames.length, 4);
  });
});
