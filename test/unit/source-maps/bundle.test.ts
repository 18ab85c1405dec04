import assert from "node:assert/strict";
import { mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { execa } from "execa";
import { openProfile } from "../../../src/formats/open.ts";
import { framePosition, functionPosition } from "../../../src/profile/position.ts";
import { functionName } from "../../../src/profile/views/function-info.ts";
import { applySourceMaps } from "../../../src/symbols/source-maps/apply.ts";

const main = `import { sumOfSquares } from "./lib.ts";

function runForAWhile(until: number): number {
  let total = 0;
  while (Date.now() < until) total += sumOfSquares(100_000);
  return total;
}

console.log(runForAWhile(Date.now() + 300));
`;

const lib = `interface Unused {
  readonly line: number;
}

export function sumOfSquares(count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += Math.sqrt(i) * Math.sin(i);
  }
  return sum;
}
`;

/** Really bundled, really run: positions are V8's own. */
describe("source maps of a bundle", () => {
  let folder: string;

  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "hangscope-bundle-")));
    await writeFile(join(folder, "main.ts"), main);
    await writeFile(join(folder, "lib.ts"), lib);
  });
  after(() => rm(folder, { recursive: true }));

  for (const minify of [false, true]) {
    it(`name function, file and line of the hot code${minify ? ", minified" : ""}`, async () => {
      const outfile = join(folder, "dist", "bundle.js");
      await build({
        entryPoints: [join(folder, "main.ts")],
        bundle: true,
        minify,
        sourcemap: true,
        outfile,
        platform: "node",
        logLevel: "error",
      });
      const profiles = join(folder, minify ? "minified" : "plain");
      await execa(process.execPath, ["--cpu-prof", `--cpu-prof-dir=${profiles}`, outfile]);
      const [file] = await readdir(profiles);
      const profile = await applySourceMaps(await openProfile(join(profiles, file!)), {
        workspaceFolders: [],
      });

      const selfOfFrame = new Map<number, number>();
      for (const [i, node] of profile.samples.node.entries()) {
        const frame = profile.nodes.frame[node]!;
        selfOfFrame.set(frame, (selfOfFrame.get(frame) ?? 0) + profile.samples.weight[i]!);
      }
      const [[hottest]] = [...selfOfFrame].sort((a, b) => b[1] - a[1]) as [[number, number]];
      const func = profile.frames.func[hottest]!;
      const url = pathToFileURL(join(folder, "lib.ts")).href;
      assert.equal(functionName(profile, func), "sumOfSquares");
      assert.deepEqual(
        { ...functionPosition(profile, func), column: 0 },
        { url, line: 5, column: 0 },
      );
      // A minified bundle is one line, and the format tells no columns: no line is made up.
      const { line } = framePosition(profile, hottest);
      if (!minify) assert.ok(line >= 7 && line <= 8, `line ${line}`);
      else assert.equal(profile.frames.originalLine[hottest], 0);
    });
  }
});
