import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { compareVersions, findNodes, nodeVersion } from "../../../src/toolchain/nodes.ts";

describe("installed Nodes", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hangscope-nodes-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function fakeNode(path: string, version: string): Promise<string> {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `#!/bin/sh\necho v${version}\n`);
    await chmod(path, 0o755);
    return path;
  }

  it("asks a Node for its version", async () => {
    assert.equal(await nodeVersion(process.execPath), process.versions.node);
  });

  it("names what is missing and how to get it", async () => {
    const missing = join(folder, "node");
    await assert.rejects(nodeVersion(missing), { name: "ToolError", message: /Install Node\.js/ });
  });

  it("lists PATH first, then the project's, then managers' newest first, each file once", async function () {
    if (process.platform === "win32") this.skip();
    const first = await fakeNode(join(folder, "a", "node"), "20.1.0");
    await mkdir(join(folder, "b"));
    await symlink(first, join(folder, "b", "node"));
    const own = await fakeNode(join(folder, "p/node_modules/node/bin/node"), "26.1.0");
    const older = await fakeNode(join(folder, "nvm/versions/node/v9.9.0/bin/node"), "9.9.0");
    const newer = await fakeNode(join(folder, "nvm/versions/node/v22.3.0/bin/node"), "22.3.0");
    const broken = await fakeNode(join(folder, "nvm/versions/node/v1/bin/node"), "1.0.0");
    await writeFile(broken, "#!/bin/sh\nexit 1\n");
    const env = {
      PATH: [join(folder, "a"), join(folder, "b"), join(folder, "none")].join(delimiter),
      NVM_DIR: join(folder, "nvm"),
    };
    const found = await findNodes([join(folder, "p")], undefined, env);
    const paths = found.map(({ path }) => path).filter((path) => path.startsWith(folder));
    assert.deepEqual(paths, [first, own, newer, older]);
    assert.equal(found[0]!.version, "20.1.0");
  });

  it("orders versions by number", () => {
    assert.ok(compareVersions("9.11.2", "10.0.0") < 0);
    assert.ok(compareVersions("24.21.0", "24.3.9") > 0);
  });
});
