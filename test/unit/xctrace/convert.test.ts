/** `hangscope convert` and `analyze` of exports, as processes. */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportText } from "../../generators/xctrace.ts";
import { Place } from "../cli/program.ts";

describe("command line, of xctrace exports", function () {
  this.timeout(60_000);
  let place: Place;
  const { text, expected } = exportText({ shape: "nested", bytes: 60_000, seed: 2 });

  before(async () => {
    place = await Place.make();
    await writeFile(join(place.folder, "shop.xml"), text);
    await writeFile(join(place.folder, "toc.xml"), '<trace-toc><run number="1"/></trace-toc>');
  });
  after(() => place.remove());

  async function convert(...options: string[]) {
    return place.run(["convert", "shop.xml", "--to", "folded", "-o", "out.txt", ...options]);
  }

  it("converts them to folded stacks, with a prefix where one is asked for", async () => {
    assert.equal((await convert()).exitCode, 0);
    const plain = (await readFile(join(place.folder, "out.txt"), "utf8")).trimEnd().split("\n");
    const stacks = Array.from(expected.samplesByStack, ([stack, count]) => `${stack} ${count}`);
    assert.deepEqual(plain.sort(), stacks.sort());

    const { exitCode, stderr } = await convert("--prefix", "process,thread");
    assert.deepEqual([exitCode, stderr], [0, ""]);
    const prefixed = (await readFile(join(place.folder, "out.txt"), "utf8")).trimEnd().split("\n");
    const rest = prefixed.map((line) => line.split(";").slice(2).join(";"));
    assert.deepEqual(
      [...new Set(rest.map((line) => line.replace(/ \d+$/, "")))].sort(),
      [...expected.samplesByStack.keys()].sort(),
    );
    assert.ok(prefixed.some((line) => line.startsWith("Shop;Main Thread;")));
  });

  it("refuses prefixes that it does not know, twice the same, or elsewhere", async () => {
    for (const parts of ["pid", "process,pid", "", "thread,thread"]) {
      const { exitCode, stderr } = await convert("--prefix", parts);
      assert.equal(exitCode, 2, parts);
      assert.match(stderr, /Expected one or more of process, thread, each once\./);
    }
    const other = await place.run([
      "convert",
      "shop.xml",
      "--to",
      "speedscope",
      "-o",
      "x.json",
      "--prefix",
      "thread",
    ]);
    assert.deepEqual(
      [other.exitCode, other.stderr],
      [2, "hangscope: --prefix is for --to folded only."],
    );
  });

  it("analyzes them, and says what a file without samples is", async () => {
    const { stdout } = await place.run(["analyze", "shop.xml", "--json"]);
    const { samples, format } = JSON.parse(stdout);
    assert.deepEqual([samples.total, format], [expected.samples, "xctrace"]);
    const { exitCode, stderr } = await place.run(["analyze", "toc.xml"]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /found a trace's table of contents/);
  });
});
