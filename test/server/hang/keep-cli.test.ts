/** Evidence of a hang that goes into a store from the terminal. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { spokenPart } from "../../../src/artifacts/key.ts";
import { Place } from "../../unit/cli/program.ts";
import { type StuckProgram, stuckProgram } from "./stuck-program.ts";

describe("keeping what a hang left, from the terminal", function () {
  this.timeout(90_000);
  let place: Place;
  let program: StuckProgram;

  before(async function () {
    if (process.platform !== "linux") this.skip();
    place = await Place.make();
    program = await stuckProgram("loop");
  });
  after(async () => {
    program?.end();
    await place?.remove();
  });

  it("is in the workspace's own store unless another one is given", async () => {
    const { exitCode, stdout } = await place.run(["hang", String(program.pid), "--keep"]);
    assert.equal(exitCode, 0);
    const [, key] = /^Kept as (\S+\.hang)$/m.exec(stdout) ?? assert.fail(stdout);
    const [env, project, job, , step] = key!.split("/");
    assert.deepEqual([env, project, job], ["local", basename(place.folder), "manual"]);
    assert.equal(spokenPart(step!), "node loop.cjs");
    const listed = await place.run(["artifacts", "list"]);
    assert.ok(listed.stdout.includes(key!), listed.stdout);
  });

  it("never takes the report away when it fails", async () => {
    const taken = join(place.folder, "taken");
    await writeFile(taken, "");
    for (const [store, reason] of [
      [join(taken, "store"), /taken/],
      ["s3://no", /name of a bucket/],
    ] as const) {
      const args = ["hang", String(program.pid), "--json", "--keep", store];
      const { exitCode, stdout } = await place.run(args);
      assert.equal(exitCode, 0);
      const { stuckIn, kept } = JSON.parse(stdout);
      assert.equal(stuckIn.name, "spinForever");
      assert.deepEqual(
        kept.map(({ outcome }: { outcome: string }) => outcome),
        ["failed"],
      );
      assert.match(kept[0].reason, reason);
    }
  });
});
