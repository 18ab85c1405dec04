/** The Node of a launcher may change from one call to the next: the server stays one. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { execa } from "execa";
import { root } from "../../scripts/host/paths.ts";
import { serverFolder } from "../../src/launcher/server-folder.ts";
import { serversOf, type TestWorkspace, testWorkspace } from "../server/support/workspace.ts";
import { nodeOf, nodeVersions } from "../support/nodes.ts";

const isLong = process.env["HANGSCOPE_LONG"] !== undefined;
const cli = join(root, "dist", "cli.js");
const isOld = (version: string) => Number.parseInt(version, 10) < 22;

describe("launchers on different Nodes", function () {
  this.timeout(120_000);
  let workspace: TestWorkspace;

  before(async function () {
    if (!isLong) this.skip();
    workspace = await testWorkspace();
  });
  after(() => workspace?.dispose());

  it("share one server, whichever of them started it", async () => {
    const supported = nodeVersions.filter((version) => !isOld(version));
    for (const first of supported) {
      for (const version of [first, ...supported]) {
        const node = await nodeOf(version);
        await execa(node, [cli, "server", "start", "--workspace", workspace.path]);
      }
      assert.equal((await serversOf(serverFolder(workspace.path).path)).length, 1);
      await execa(await nodeOf(first), [cli, "server", "stop", "--workspace", workspace.path]);
    }
  });

  it("that are too old say so, and start nothing", async () => {
    for (const version of nodeVersions.filter(isOld)) {
      const node = await nodeOf(version);
      const { exitCode, stderr } = await execa(
        node,
        [cli, "server", "start", "--workspace", workspace.path],
        { reject: false },
      );
      assert.equal(exitCode, 1);
      assert.equal(stderr, `hangscope needs Node 22.18 or later; this is ${version}.`);
    }
    assert.deepEqual(await serversOf(serverFolder(workspace.path).path), []);
  });
});
