import assert from "node:assert/strict";
import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { addMapping, GenMapping, toEncodedMap } from "@jridgewell/gen-mapping";
import fc from "fast-check";
import { ProfileBuilder } from "../../../src/profile/builder.ts";
import { framePosition, functionPosition } from "../../../src/profile/position.ts";
import type { Profile } from "../../../src/profile/profile.ts";
import { functionName } from "../../../src/profile/views/function-info.ts";
import { applySourceMaps } from "../../../src/symbols/source-maps/apply.ts";
import { hookName } from "../../../src/toolchain/hook-name.ts";

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
      `//# sourceMappingURL=not.this\n//# sourceMappingURL=data:application/json;base64,${inline}`,
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

  it("says nothing of scripts without a map, of Node itself, or of our hook that is gone", async () => {
    await writeFile(script(), "plain");
    const hook = join(folder, "shim", hookName);
    for (const url of [script(), "node:fs", "", "evalmachine.<anonymous>", hook])
      assert.deepEqual((await mapped(profileOf(url))).warnings, []);
  });

  it("counts scripts that are gone, are no files, or came from the web", async () => {
    for (const [url, code] of [
      [join(folder, "gone.js"), "missing-script"],
      [folder, "missing-script"],
      ["file://elsewhere/%zz", undefined],
      ["https://example.com/app.js", "remote-script"],
    ] as const) {
      const { warnings } = await mapped(profileOf(url));
      assert.deepEqual(warnings, code ? [[code, 1]] : [], url);
    }
  });

  it("does not read what never ends", async function () {
    if (process.platform === "win32") this.skip();
    const endless = "/dev/zero";
    assert.deepEqual((await mapped(profileOf(endless))).warnings, [["missing-script", 1]]);
    assert.deepEqual((await mapped(profileOf(script(), endless))).warnings, [
      ["missing-source-map", 1],
    ]);
  });

  it("survives comments that name nothing sensible", async () => {
    for (const comment of ["file://elsewhere/x.map", "data:", "%zz", "/", "x".repeat(5000)]) {
      await writeFile(script(), `//# sourceMappingURL=${comment}`);
      const { func, warnings } = await mapped(profileOf());
      assert.equal(func.line, 1);
      assert.equal(warnings.length, 1);
    }
  });

  it("takes no code for a comment", async () => {
    for (const code of [
      'const s = "//# sourceMappingURL=data:application/json;base64," + x;',
      "out.push(`//# sourceMappingURL=x.map`);",
      "/* see //# sourceMappingURL=x.map for more */",
    ]) {
      await writeFile(script(), `${code}\n`);
      assert.deepEqual((await mapped(profileOf())).warnings, []);
    }
  });

  it("reads an inline map of any length, with something after it", async () => {
    const map = JSON.parse(mapOf("../src/app.ts"));
    map.sourcesContent = ["x".repeat(3_000_000)];
    const inline = Buffer.from(JSON.stringify(map)).toString("base64");
    const code = `a();\n//# sourceMappingURL=data:application/json;base64,${inline}\n//# debugId=1\n`;
    await writeFile(script(), code);
    assert.deepEqual(await mapped(profileOf()), original(sourceUrl()));
  });

  it("finds files whose names URLs write otherwise", async () => {
    await writeFile(join(folder, "src", "[id] größe.ts"), "");
    await writeFile(script(), "//# sourceMappingURL=bundle.js.map");
    const url = sourceUrl("src/[id] größe.ts");
    for (const name of ["../src/[id] größe.ts", "../src/%5Bid%5D%20gr%C3%B6%C3%9Fe.ts"]) {
      await writeFile(`${script()}.map`, mapOf(name));
      assert.equal((await mapped(profileOf())).func.url, url);
    }
    const withQuery = `${pathToFileURL(script()).href}?update=1`;
    assert.equal((await mapped(profileOf(withQuery))).func.url, url);
  });

  it("reads the recorded inline map of a script that is no file", async () => {
    const inline = (source: string) => `data:application/json,${encodeURIComponent(mapOf(source))}`;
    const web = "https://example.com/js/app.js";
    const found = await mapped(profileOf(web, inline("webpack://shop/./src/app.ts")));
    assert.deepEqual(found, original(sourceUrl()));
    const lost = await mapped(profileOf(web, inline("../lost.ts")));
    assert.equal(lost.func.url, "https://example.com/lost.ts");
  });

  it("looks at no script that was not sampled, and changes nothing of what it is given", async () => {
    await writeFile(script(), "//# sourceMappingURL=bundle.js.map");
    await writeFile(`${script()}.map`, mapOf("../src/app.ts"));
    const profile = profileOf();
    const before = structuredClone(profile);
    await applySourceMaps(profile, { workspaceFolders: [] });
    assert.deepEqual(profile, before);
    const unsampled = {
      ...profile,
      samples: { ...profile.samples, length: 0, node: new Uint32Array() },
    };
    assert.equal((await mapped(unsampled)).func.url, script());
  });

  it("stops with the signal's reason", async () => {
    const reason = new Error("enough");
    const options = { workspaceFolders: [], signal: AbortSignal.abort(reason) };
    await assert.rejects(applySourceMaps(profileOf(), options), reason);
  });

  it("survives any map", async () => {
    await writeFile(script(), "//# sourceMappingURL=bundle.js.map");
    const field = fc.constantFrom(
      "mappings",
      "sources",
      "names",
      "sourceRoot",
      "sections",
      "version",
    );
    const change = fc.tuple(field, fc.oneof(fc.jsonValue(), fc.base64String()));
    const changes = fc.array(change, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(changes, async (changed) => {
        const map = { ...JSON.parse(mapOf("../src/app.ts")), ...Object.fromEntries(changed) };
        await writeFile(`${script()}.map`, JSON.stringify(map));
        const { frame } = await mapped(profileOf());
        assert.equal(typeof frame.url, "string");
      }),
    );
  });
});
