/** Large exports as Xcode writes them: everything that was put in comes out. */
import assert from "node:assert/strict";
import { readSamples } from "../../../src/formats/xctrace/reader.ts";
import { stackShapes, writeExport } from "../../generators/xctrace.ts";
import { checkProfile, framesAt, withFile } from "./helpers.ts";

describe("xctrace reader, of large files", () => {
  for (const shape of stackShapes) {
    for (const schema of ["time-profile", "cpu-profile"] as const) {
      it(`finds every sample, weight and stack (${schema}, ${shape})`, async function () {
        this.timeout(60_000);
        await withFile("", async (path) => {
          const expected = await writeExport(path, { shape, schema, bytes: 6_000_000, seed: 11 });
          const profile = await readSamples(path);
          checkProfile(profile);
          const { samples, threads, meta } = profile;
          assert.equal(samples.length, expected.samples);
          const unit = schema === "cpu-profile" ? 1 : 1000;
          assert.equal(
            samples.weight.reduce((sum, weight) => sum + weight),
            expected.weight / unit,
          );
          assert.equal(meta.weightUnit, schema === "cpu-profile" ? "cycles" : "microseconds");
          const byPid = new Map<number, number>();
          const byLeaf = new Map<string, number>();
          const byStack = new Map<string, number>();
          let depth = 0;
          for (let i = 0; i < samples.length; i++) {
            const names = framesAt(profile, samples.node[i]!).map(({ name }) => name);
            depth += names.length;
            add(byPid, threads[samples.thread[i]!]!.pid!);
            add(byLeaf, names[0]!);
            add(byStack, names.reverse().join(";"));
          }
          assert.equal(depth, expected.depth);
          assert.deepEqual(byPid, expected.samplesByPid);
          assert.deepEqual(byLeaf, expected.samplesByLeaf);
          assert.deepEqual(byStack, expected.samplesByStack);
          assert.deepEqual(profile.warnings, []);
        });
      });
    }
  }
});

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
