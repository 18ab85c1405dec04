/** A fleet's logs, made by real programs and kept in a bucket, as one profile. */
import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { FolderStore } from "../../../src/artifacts/folder-store.ts";
import { artifactKey } from "../../../src/artifacts/key.ts";
import type { ArtifactStore } from "../../../src/artifacts/store.ts";
import { symbolizeFleet } from "../../../src/fleet/symbolize-fleet.ts";
import { openProfile } from "../../../src/formats/open.ts";
import type { Progress } from "../../../src/toolchain/progress.ts";
import { cli } from "../../unit/cli/program.ts";
import { S3Lab } from "./support/s3-lab.ts";

/** Burns its time in a function of its machine's own. */
function program(name: string): string {
  return `function hot_${name}() { const end = Date.now() + 250; let n = 0;
    while (Date.now() < end) for (let i = 0; i < 1e5; i++) n = (n * 31 + i) | 0; return n; }
    hot_${name}();`;
}

const machines = ["web-1", "web-2", "db"];

describe("a fleet's logs", function () {
  this.timeout(60_000);
  let lab: S3Lab;
  let folder: string;
  let temporary: string | undefined;
  const logs = new Map<string, string>();
  const keys = new Map<string, string>();

  before(async () => {
    lab = await S3Lab.start();
    folder = await mkdtemp(join(lab.folder, "fleet-"));
    temporary = process.env["TMPDIR"];
    await mkdir(join(folder, "tmp"));
    process.env["TMPDIR"] = join(folder, "tmp");
    for (const [i, machine] of machines.entries()) {
      const cwd = join(folder, machine);
      await mkdir(cwd);
      await writeFile(join(cwd, "app.cjs"), program(machine.replace("-", "_")));
      await execa(process.execPath, ["--prof", "app.cjs"], { cwd });
      logs.set(machine, join(cwd, globSync("*-v8.log", { cwd })[0]!));
      const origin = { env: "prod", project: "shop", job: "7", target: machine, step: "peg" };
      const key = artifactKey({ ...origin, time: 1_000 * i, seq: "0", kind: "v8log" });
      keys.set(machine, key);
      await lab.store("fleet").put(key, { file: logs.get(machine)! });
    }
  });
  after(async () => {
    if (temporary === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = temporary;
    await lab.stop();
  });
  beforeEach(() => lab.way.mend());
  afterEach(async () => {
    assert.deepEqual(await readdir(join(folder, "tmp")), [], "something was left behind");
  });

  const output = (name: string) => join(folder, name);

  async function symbolize(store: ArtifactStore, format: "cpuprofile" | "folded", match?: string) {
    const choice = { which: "all" as const, ...(match !== undefined && { match }) };
    const steps: Progress[] = [];
    const onProgress = (step: Progress) => steps.push(step);
    const request = { store, choice, output: output("out"), format, workspaceFolders: [] };
    const result = await symbolizeFleet(request, { onProgress });
    return { result, steps };
  }

  /** Machines by the bottom of the stacks that have that machine's hot function on them. */
  async function machinesIn(path: string): Promise<Map<string, Set<string>>> {
    const profile = await openProfile(path);
    const { samples, nodes, frames, functions, strings } = profile;
    const found = new Map<string, Set<string>>();
    for (const top of samples.node) {
      const names: string[] = [];
      for (let node = top; node >= 0; node = nodes.parent[node]!) {
        names.push(strings[functions.name[frames.func[nodes.frame[node]!]!]!]!);
      }
      const hot = names.find((name) => name.startsWith("hot_"));
      if (hot === undefined) continue;
      found.set(names.at(-1)!, (found.get(names.at(-1)!) ?? new Set()).add(hot));
    }
    return found;
  }

  const expected = new Map(
    machines.map((name) => [name, new Set([`hot_${name.replace("-", "_")}`])]),
  );

  for (const kind of ["bucket", "folder"] as const) {
    it(`become one profile with the machine as a dimension, from a ${kind}`, async () => {
      let store: ArtifactStore = lab.store("fleet");
      if (kind === "folder") {
        store = new FolderStore(output("kept"));
        for (const machine of machines) {
          await store.put(keys.get(machine)!, { file: logs.get(machine)! });
        }
      }
      const { result, steps } = await symbolize(store, "cpuprofile");
      assert.deepEqual(result.skipped, []);
      assert.deepEqual(
        result.machines.map(({ name, logs: count }) => [name, count]).sort(),
        [...machines].sort().map((name) => [name, 1]),
      );
      assert.deepEqual(await machinesIn(result.output), expected);
      const sizes = steps.filter(({ unit }) => unit === "bytes");
      const total = sizes[0]?.total;
      assert.ok(sizes.every((step) => step.total === total && step.done! <= total!));
      assert.equal(sizes.at(-1)?.done, total);
    });
  }

  it("have the machine as a thread where a format has threads", async () => {
    const request = { store: lab.store("fleet"), choice: { which: "all" as const } };
    const path = output("out.json");
    await symbolizeFleet({ ...request, output: path, format: "speedscope", workspaceFolders: [] });
    const { shared, profiles } = JSON.parse(await readFile(path, "utf8"));
    const hotOf = (each: { samples: number[][] }) =>
      new Set(
        each.samples
          .flat()
          .map((frame) => shared.frames[frame].name)
          .filter((name: string) => name.startsWith("hot_")),
      );
    const found = profiles.map((each: { name: string; samples: number[][] }) => [
      each.name,
      hotOf(each),
    ]);
    assert.deepEqual(new Map(found), expected);
  });

  it("are downloaded while others are read", async () => {
    const firstIsRead = Promise.withResolvers<void>();
    lab.way.fault = ({ method, path }) =>
      method === "GET" && path.includes("/db/")
        ? { kind: "held", until: firstIsRead.promise }
        : undefined;
    const onProgress = ({ message }: Progress) => {
      if (message.startsWith("Symbolizing log 2")) firstIsRead.resolve();
    };
    // If all were downloaded first, the last one would never come.
    const request = { store: lab.store("fleet"), choice: { which: "all" as const } };
    const rest = { output: output("out"), format: "folded" as const, workspaceFolders: [] };
    const { machines: found } = await symbolizeFleet({ ...request, ...rest }, { onProgress });
    assert.equal(found.length, 3);
  });

  it("are passed over when they cannot be read, and told", async () => {
    const store = new FolderStore(output("damaged"));
    const bad = keys.get("db")!.replace("db", "bad");
    await store.put(keys.get("web-1")!, { file: logs.get("web-1")! });
    await writeFile(output("bad"), "no log");
    await store.put(bad, { file: output("bad") });
    const { result } = await symbolize(store, "folded");
    assert.deepEqual(result.machines, [{ name: "web-1", logs: 1 }]);
    assert.deepEqual(
      result.skipped.map(({ key }) => key),
      [bad],
    );
    assert.match(result.skipped[0]!.reason, /expected a V8 log/);
    await assert.rejects(symbolize(store, "folded", "/bad/"), { code: "unreadable-logs" });
    await assert.rejects(symbolize(store, "folded", "none"), { code: "no-such-artifact" });
  });

  it("leave nothing when cancelled, whatever is under way", async () => {
    for (const after of [1, 5]) {
      const stop = new AbortController();
      let count = 0;
      const onProgress = () => {
        if (++count === after) stop.abort(new Error("enough"));
      };
      const request = { store: lab.store("fleet"), choice: { which: "all" as const } };
      const path = output("never.cpuprofile");
      const work = symbolizeFleet(
        { ...request, output: path, format: "cpuprofile", workspaceFolders: [] },
        { signal: stop.signal, onProgress },
      );
      await assert.rejects(work, /enough/);
      assert.deepEqual(
        (await readdir(folder)).filter((name) => name.startsWith("never")),
        [],
      );
    }
  });

  describe("from the terminal", () => {
    const run = (args: readonly string[]) =>
      execa(process.execPath, [cli, ...args], {
        cwd: folder,
        reject: false,
        env: { HANGSCOPE_HOME: join(folder, ".home") },
      });

    it("are one profile, or the newest that matches", async () => {
      const all = await run(["symbolize", lab.place("fleet"), "--all", "-o", "all.cpuprofile"]);
      assert.equal(all.exitCode, 0, all.stderr);
      assert.equal(all.stdout, output("all.cpuprofile"));
      assert.match(all.stderr, /Logs by machine: .*web-1 \(1\)/);
      assert.deepEqual(await machinesIn(all.stdout), expected);
      const newest = await run([
        "symbolize",
        lab.place("fleet"),
        "--newest",
        "--match",
        "/web-",
        "--to",
        "folded",
      ]);
      assert.equal(newest.exitCode, 0, newest.stderr);
      const folded = await readFile(newest.stdout, "utf8");
      assert.match(folded, /hot_web_2/);
      assert.doesNotMatch(folded, /hot_web_1|hot_db/);
      const literal = await run(["symbolize", lab.place("fleet"), "--newest", "--match", "web-."]);
      assert.equal(literal.exitCode, 1);
      assert.match(literal.stderr, /no V8 log whose name holds web-\./);
      for (const args of [["--all", "--newest"], [], ["--match", "x"]]) {
        assert.equal((await run(["symbolize", lab.place("fleet"), ...args])).exitCode, 2);
      }
    });

    it("are kept, listed, fetched, pinned and removed", async () => {
      const store = ["--store", lab.place("cli")];
      const put = await run(["artifacts", "put", logs.get("db")!, "--target", "../db", ...store]);
      assert.equal(put.exitCode, 0, put.stderr);
      const key = put.stdout;
      assert.match(
        key,
        /^local\/fleet-\w+\/manual\/db-[0-9a-f]{10}\/manual\/\d{8}T\d{9}Z-\w+\.v8log$/,
      );
      const list = await run(["artifacts", "list", "local", "--json", ...store]);
      const { artifacts } = JSON.parse(list.stdout);
      assert.deepEqual(
        artifacts.map((each: { key: string }) => each.key),
        [key],
      );
      await run(["artifacts", "pin", key, ...store]);
      const refused = await run(["artifacts", "rm", key, ...store]);
      assert.deepEqual([refused.exitCode, /is pinned/.test(refused.stderr)], [1, true]);
      const get = await run(["artifacts", "get", key, "-o", "back.log", ...store]);
      assert.equal(get.exitCode, 0, get.stderr);
      assert.ok((await readFile(get.stdout)).equals(await readFile(logs.get("db")!)));
      await run(["artifacts", "unpin", key, ...store]);
      assert.equal((await run(["artifacts", "rm", key, ...store])).exitCode, 0);
      assert.match((await run(["artifacts", "list", ...store])).stdout, /^0 artifact\(s\)/);
    });

    it("are kept in the workspace's own folder when no store is named", async () => {
      const put = await run(["artifacts", "put", logs.get("db")!, "--json"]);
      const { key, store } = JSON.parse(put.stdout);
      assert.ok(store.startsWith(join(folder, ".home", "servers")));
      const folderOf = join(folder, "export");
      await mkdir(join(folderOf, "inner"), { recursive: true });
      await writeFile(join(folderOf, "inner", "toc.xml"), "<toc/>");
      const kept = await run(["artifacts", "put", folderOf]);
      assert.match(kept.stdout, /\.xctrace$/);
      const back = await run(["artifacts", "get", kept.stdout, "-o", "export-back"]);
      assert.equal(back.exitCode, 0, back.stderr);
      assert.equal(
        await readFile(join(folder, "export-back", "inner", "toc.xml"), "utf8"),
        "<toc/>",
      );
      const twice = await run(["artifacts", "get", kept.stdout, "-o", "export-back"]);
      assert.match(twice.stderr, /is there already/);
      assert.match((await run(["artifacts", "list"])).stdout, new RegExp(key));
      const unknown = await run(["artifacts", "put", output("bad")]);
      assert.deepEqual([unknown.exitCode, /give a kind/.test(unknown.stderr)], [1, true]);
      await rm(join(folder, ".home"), { recursive: true });
    });
  });
});
