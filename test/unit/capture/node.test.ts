import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { describe, it } from "mocha";
import { findNode, isNode, stripsTypes, typeScriptFlags } from "../../../src/capture/v8/node.ts";
import { hookName } from "../../../src/toolchain/hook-name.ts";

const old = { path: "/opt/node", version: "20.20.2" };
const current = { path: "/opt/node", version: "24.21.0" };
const here = import.meta.dirname;

describe("the Node of a capture", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hangscope-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function wrapper(name: string): Promise<string> {
    await mkdir(join(folder, name));
    const path = join(folder, name, "node");
    await writeFile(path, `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
    await chmod(path, 0o755);
    return dirname(path);
  }

  it("is the executable itself where a version manager's wrapper is found", async () => {
    const path = [join(folder, "nothing"), await wrapper("manager")].join(delimiter);
    const expected = { path: process.execPath, version: process.versions.node };
    assert.deepEqual(await findNode(undefined, path), expected);
  });

  it("is never a shim of ours", async () => {
    const shim = await wrapper("shim");
    await writeFile(join(shim, hookName), "");
    await writeFile(join(shim, "node"), "#!/bin/sh\nexit 1\n");
    const path = [shim, dirname(process.execPath)].join(delimiter);
    assert.equal((await findNode(undefined, path)).path, process.execPath);
    await assert.rejects(findNode(undefined, shim), { code: "no-node", message: /Install Node/ });
  });

  it("is known by its name", () => {
    for (const yes of [
      "node",
      "/usr/bin/node",
      "nodejs",
      "C:\\x\\node.exe".replaceAll("\\", "/"),
    ]) {
      assert.ok(isNode(yes), yes);
    }
    for (const no of ["npm", "node-gyp", "/node/bin/tsx", "nodemon"]) assert.ok(!isNode(no), no);
  });

  it("strips types from 22.18 and 23.6 on", () => {
    const versions = ["18.20.8", "20.20.2", "22.17.1", "22.18.0", "23.5.0", "23.6.0", "24.0.0"];
    assert.deepEqual(versions.map(stripsTypes), [false, false, false, true, false, true, true]);
  });

  it("is given a loader for TypeScript only where it needs one", () => {
    assert.deepEqual(typeScriptFlags(current, ["app.ts"], here), []);
    assert.deepEqual(typeScriptFlags(old, ["app.js", "x.ts"], here), []);
    assert.deepEqual(typeScriptFlags(old, ["--import=tsx", "app.ts"], here), []);
    assert.deepEqual(typeScriptFlags(old, ["-r", "ts-node/register", "app.ts"], here), []);
    for (const [node, entry] of [
      [old, "app.ts"],
      [old, "a.mts"],
      [current, "a.tsx"],
    ] as const) {
      const [flag, url] = typeScriptFlags(node, ["--enable-source-maps", entry], here);
      assert.equal(flag, "--import");
      assert.match(url!, /^file:.*\/tsx\//);
    }
  });

  it("says what to do about TypeScript that it cannot run", () => {
    assert.throws(() => typeScriptFlags(old, ["src/app.ts"], folder), {
      code: "no-typescript",
      message: /Node 20\.20\.2 cannot run app\.ts.*22\.18.*tsx/,
    });
  });
});
