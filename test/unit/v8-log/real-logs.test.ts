/**
 * Logs that a real engine writes while the test runs. The short form asks the Node that runs the
 * tests; with `HANGSCOPE_LONG` every supported Node and Debian's Chromium are asked too.
 */
import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { before, describe, it } from "mocha";
import { v8LogReader } from "../../../src/formats/v8-log/reader.ts";
import { categories, type Profile } from "../../../src/profile/profile.ts";
import { nameNativeFrames } from "../../../src/symbols/native/name-native-frames.ts";
import { stacksOf } from "../../generators/v8-log.ts";
import { oracleStacks, profileStacks } from "../../generators/v8-log-oracle.ts";
import { nodeOf, nodeVersions } from "../../support/nodes.ts";

const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "..");
const peg = join(root, "test", "generators", "v8-log-peg.cjs");
const compilerLoad = join(root, "test", "bench", "v8-load.cjs");
const isLong = process.env["HANGSCOPE_LONG"] !== undefined;
const versions = isLong ? nodeVersions : [];

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "hangscope-real-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs a script under the sampler; its one log. */
async function logOf(node: string, folder: string, script: readonly string[]): Promise<string> {
  const log = join(folder, "v8.log");
  const args = ["--prof", "--no-logfile-per-isolate", `--logfile=${log}`, ...script];
  await execa(node, args, { env: { NODE_OPTIONS: "" } });
  return log;
}

const share = (profile: Profile, test: (stack: string[], sample: number) => boolean) =>
  stacksOf(profile).filter(test).length / profile.samples.length;

const categoryShare = (profile: Profile, name: string) => {
  const category = categories.indexOf(name as (typeof categories)[number]);
  const { samples, nodes, frames, functions } = profile;
  return (
    samples.node.filter((node) => functions.category[frames.func[nodes.frame[node]!]!] === category)
      .length / samples.length
  );
};

function suite(name: string, getNode: () => Promise<string>): void {
  describe(name, function () {
    this.timeout(300_000);
    if (process.platform === "win32") return;
    let node: string;
    before(async () => {
      node = await getNode();
    });

    it("gives the JavaScript stack of every tick as --preprocess does", async () => {
      await inFolder(async (folder) => {
        const log = join(folder, "v8.log");
        await logOf(node, folder, [compilerLoad, log, String(isLong ? 40e6 : 12e6)]);
        const profile = await v8LogReader.read(log);
        const [expected, found] = [await oracleStacks(node, log), profileStacks(profile)];
        assert.equal(found.length, expected.length);
        const different = found.findIndex((stack, i) => stack !== expected[i]);
        assert.equal(
          different,
          -1,
          `tick ${different}:\n${found[different]}\n${expected[different]}`,
        );
        assert.ok(found.filter((stack) => stack !== "").length > found.length / 3);
        assert.ok(categoryShare(profile, "unaccounted") < 0.05);
        const isInlined = (stack: string[]) => stack[0]!.endsWith("inlined");
        assert.ok(share(profile, isInlined) > 0.01, "nothing was inlined");
      });
    });

    it("gives the costly line of an inlined function, and the lines of the calls below", async () => {
      const lines = (await readFile(peg, "utf8")).split("\n");
      const at = (words: string) => {
        const line = lines.findIndex((text) => text.endsWith(`// ${words}`)) + 1;
        return `${peg}:${line}:`;
      };
      await inFolder(async (folder) => {
        const profile = await v8LogReader.read(await logOf(node, folder, [peg, "1500"]));
        const isCostly = ([leaf, below, bottom]: string[]) =>
          leaf!.startsWith(`inlined ${at("costly")}`) &&
          leaf!.endsWith("turbofan inlined") &&
          below!.startsWith(`hot ${at("inlined here")}`) &&
          bottom!.startsWith(`caller ${at("called here")}`);
        const found = share(profile, isCostly);
        assert.ok(found > 0.3, `${found}: ${stacksOf(profile).slice(-3).join("\n")}`);
      });
    });

    it("names what runs natively inside node itself", async function () {
      if (process.platform !== "linux") this.skip();
      await inFolder(async (folder) => {
        const script = join(folder, "native.js");
        await writeFile(
          script,
          `for (let i = 0; i < 4; i++) require("crypto").pbkdf2Sync("a", "b", 9e5, 64, "sha512")`,
        );
        const read = await v8LogReader.read(await logOf(node, folder, [script]));
        const profile = await nameNativeFrames(read, { cacheDir: join(folder, "cache") });
        const isRight = ([leaf]: string[]) => /sha512|pbkdf2|hmac|evp|digest/i.test(leaf!);
        assert.ok(share(profile, isRight) > 0.8, stacksOf(profile).slice(-3).join("\n"));
        assert.equal(
          share(profile, ([leaf]) => /sqlite/i.test(leaf!)),
          0,
        );
      });
    });

    it("reads the log of each worker isolate", async () => {
      await inFolder(async (folder) => {
        const script = join(folder, "workers.js");
        await writeFile(
          script,
          `const { Worker, isMainThread } = require("worker_threads");
           function spin(ms) { const end = Date.now() + ms; while (Date.now() < end); }
           if (isMainThread) { new Worker(__filename); new Worker(__filename); }
           spin(400);`,
        );
        await execa(node, ["--prof", script], { cwd: folder, env: { NODE_OPTIONS: "" } });
        const logs = (await readdir(folder)).filter((each) => each.endsWith("-v8.log"));
        assert.equal(logs.length, 3);
        const names: string[] = [];
        for (const log of logs) {
          const profile = await v8LogReader.read(join(folder, log));
          names.push(...profile.threads.map((thread) => thread.name));
          assert.ok(share(profile, (stack) => stack.some((each) => each.startsWith("spin "))) > 0);
        }
        assert.deepEqual(names.sort(), ["Main", "Worker", "Worker"]);
      });
    });
  });
}

describe("v8-log: real logs", () => {
  suite("this Node", async () => process.execPath);
  for (const version of versions) suite(`Node ${version}`, () => nodeOf(version));

  it("gives a pegged Chromium's ticks to the looping function", async function () {
    if (!isLong) this.skip();
    this.timeout(120_000);
    await inFolder(async (folder) => {
      const page = join(folder, "page.html");
      await writeFile(
        page,
        `<p>\n<script>\nfunction peg() { for (let i = 0, s = 0; ; i++) { s += Math.sqrt(i); } }\nsetTimeout(() => peg(), 500);\n</script>`,
      );
      const child = execa(
        "chromium",
        [
          "--headless=new",
          "--no-sandbox",
          "--disable-gpu",
          `--user-data-dir=${join(folder, "user")}`,
          `--js-flags=--prof --logfile=${join(folder, "x-%p.log")}`,
          `file://${page}`,
        ],
        {
          reject: false,
          killDescendants: true,
          timeout: 10_000,
          forceKillAfterDelay: 1000,
          stdio: "ignore",
        },
      );
      await child;
      const shares: number[] = [];
      for (const log of (await readdir(folder)).filter((each) => each.endsWith(".log"))) {
        const profile = await v8LogReader.read(join(folder, log));
        if (profile.samples.length < 1000) continue;
        shares.push(share(profile, ([leaf]) => new RegExp(`^peg file://${page}:3:`).test(leaf!)));
      }
      assert.ok(Math.max(...shares) > 0.95, `shares of the pegged function: ${shares}`);
    });
  });
});
