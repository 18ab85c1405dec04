import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "mocha";
import { countSamples } from "../../../src/capture/v8/count-samples.ts";

async function count(name: string, text: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "hangscope-"));
  try {
    await writeFile(join(folder, name), text);
    return await countSamples(join(folder, name));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const tickWith = (state: number) => `tick,0x1a2b,${1000 + state},0,0x0,${state},0x1a2b,0x1a2c\n`;

describe("counting samples", () => {
  it("counts the ticks of a log but the idle ones, and no text that looks like one", () => {
    const decoy = "script-source,1,x,a\\ntick\\x2C0x1\\x2C1\\x2C0\\x2C0x0\\x2C0\n";
    const ticks = tickWith(0) + tickWith(8) + tickWith(6) + tickWith(1);
    return count("a-1-v8.log", `v8-version,1\n${decoy}${ticks}tick,0x1,`).then((samples) =>
      assert.equal(samples, 3),
    );
  });

  it("counts each tick once wherever chunks and long lines meet", async () => {
    const chunk = 1024 * 1024;
    for (const shift of [-300, -257, -256, -60, -30, -6, -1, 0, 1]) {
      const filler = `script-source,1,x,${"y".repeat(chunk + shift - 19)}\n`;
      const text = filler + tickWith(0).repeat(30) + filler + tickWith(2);
      assert.equal(await count("a-1-v8.log", text), 31, `shift ${shift}`);
    }
  });

  it("counts the hits of a CPU profile but the idle ones", async () => {
    const node = (functionName: string, hitCount: number) => ({
      id: 1,
      callFrame: { functionName, url: "", lineNumber: 1, columnNumber: 1 },
      hitCount,
    });
    const nodes = [node("(root)", 0), node("(idle)", 500), node('"hitCount":7', 20), node("f", 3)];
    assert.equal(await count("a.cpuprofile", JSON.stringify({ nodes })), 23);
    assert.equal(await count("a.cpuprofile", JSON.stringify({ nodes }, undefined, 2)), 23);
  });
});
