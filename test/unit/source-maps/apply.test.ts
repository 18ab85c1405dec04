import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { addMapping, GenMapping, toEncodedMap } from "@jridgewell/gen-mapping";
import { ProfileBuilder } from "../../../src/profile/builder.ts";
import { framePosition, functionPosition } from "../../../src/profile/position.ts";
import type { Profile } from "../../../src/profile/profile.ts";
import { functionName } from "../../../src/profile/views/function-info.ts";
import { applySourceMaps } from "../../../src/symbols/source-maps/apply.ts";

/** Line 1 of the bundle is line 11 of `source`, its function `a` is `parse` there. */
function mapOf(source: string, sourceRoot?: string): string {
  const map = new GenMapping({ file: "bundle.js", ...(sourceRoot && { sourceRoot }) });
  const generated = { line: 1, column: 9 };
  addMapping(map, { generated, source, original: { line: 11, column: 16 }, name: "parse" });
  addMapping(map, {
    generated: { line: 2, column: 4 },
    source,
    original: { line: 12, column: 2 },
  });
  return JSON.stringify(toEncodedMap(map));
}

describe("source maps", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "hangscope-maps-")));
    await mkdir(join(folder, "dist"));
    await mkdir(join(folder, "src"));
    await writeFile(join(folder, "src", "app.ts"), "");
  });
  afterEach(() => rm(folder, { recursive: true }));

  const script = () => join(folder, "dist", "bundle.js");
  const sourceUrl = (path = "src/app.ts") => pathToFileURL(join(folder, path)).href;

  /** One function at 1:10 of the script, running line 2, column 5. */
  function profileOf(url = script(), sourceMapUrl?: string): Profile {
    const builder = new ProfileBuilder();
    const func = builder.func({ name: "a", url, line: 1, column: 11, category: "js" });
    builder.sample(builder.node(-1, builder.frame(func, { line: 2, column: 6 })), 0, 1);
    if (sourceMapUrl !== undefined) builder.script({ url, sourceMapUrl });
    return builder.finish({ format: "test", title: "maps" });
  }

  async function mapped(profile: Profile) {
    const result = await applySourceMaps(profile, { workspaceFolders: [folder] });
    return {
      name: functionName(result, 0),
      func: functionPosition(result, 0),
      frame: framePosition(result, 0),
      warnings: result.warnings.map(({ code, count }) => [code, count]),
    };
  }

  const original = (url: string) => ({
    name: "parse",
    func: { url, line: 11, column: 17 },
    frame: { url, line: 12, column: 3 },
    warnings: [],
  });

  it("reads the map beside the script", async () => {
    await writeFile(script(), "a\n//# sourceMappingURL=bundle.js.map\n");
    await writeFile(`${script()}.map`, mapOf("../src/app.ts"));
    assert.deepEqual(await mapped(profileOf()), original(sourceUrl()));
    assert.deepEqual(await mapped(profileOf(pathToFileURL(script()).href)), original(sourceUrl()));
  });

  it("reads the map inside the script, the last comment counting", async () => {
    const inline = Buffer.from(mapOf("../src/app.ts")).toString("base64");
    await writeFile(
      script(),
      `"//# sourceMappingURL=not.this"\n//# sourceMappingURL=data:application/json;base64,${inline}`,
    );
    assert.deepEqual(await mapped(profileOf()), original(sourceUrl()));
  });

  it("believes the profile where the script is no longer what was run", async () => {
    await writeFile(script(), "changed");
    await writeFile(join(folder, "dist", "old.map"), mapOf("../src/app.ts"));
    assert.deepEqual(await mapped(profileOf(script(), "old.map")), original(sourceUrl()));
  });

  it("honours sourceRoot and index maps", async () => {
    await writeFile(script(), "//# sourceMappingURL=bundle.js.map");
    await writeFile(`${script()}.map`, mapOf("app.ts", "../src"));
    assert.deepEqual(await mapped(profileOf()), original(sourceUrl()));
    const sections = [{ offset: { line: 0, column: 0 }, map: JSON.parse(mapOf("../src/app.ts")) }];
    await writeFile(`${script()}.map`, JSON.stringify({ version: 3, sections }));
    assert.deepEqual(await mapped(profileOf()), original(sourceUrl()));
  });

  it("finds a bundler's source in the workspace, and keeps its name when it is not there", async () => {
    await writeFile(script(), "//# sourceMappingURL=bundle.js.map");
    for (const name of ["webpack://shop/./src/app.ts", "webpack:///src/app.ts?1a2b"]) {
      await writeFile(`${script()}.map`, mapOf(name));
      assert.equal((await mapped(profileOf())).func.url, sourceUrl());
    }
    await writeFile(`${script()}.map`, mapOf("webpack://shop/./src/gone.ts"));
    assert.equal((await mapped(profileOf())).func.url, "webpack://shop/src/gone.ts");
  });

  it("counts maps that are missing, broken or on the web, and keeps the positions as run", async () => {
    const asRun = { name: "a", func: { url: script(), line: 1, column: 11 } };
    for (const [comment, code] of [
      ["nowhere.map", "missing-source-map"],
      ["https://example.com/bundle.js.map", "missing-source-map"],
      ["data:application/json;base64,e30=", "broken-source-map"],
      ["broken.map", "broken-source-map"],
    ] as const) {
      await writeFile(join(folder, "dist", "broken.map"), "{");
      await writeFile(script(), `//# sourceMappingURL=${comment}`);
      const { name, func, warnings } = await mapped(profileOf());
      assert.deepEqual({ name, func, warnings }, { ...asRun, warnings: [[code, 1]] });
    }
  });

  it("says nothing of scripts without a map, without a file, or of Node itself", async () => {
    await writeFile(script(), "plain");
    for (const url of [script(), join(folder, "gone.js"), "node:fs", "", "evalmachine.<anonymous>"])
      assert.deepEqual((await mapped(profileOf(url))).warnings, []);
  });
});
