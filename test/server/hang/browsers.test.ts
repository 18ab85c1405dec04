/** Browsers that a server starts, looks into and ends: a real server, a real Chromium. */
import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { cpuprofileReader } from "../../../src/formats/cpuprofile/reader.ts";
import { Connection } from "../../../src/launcher/connection.ts";
import { serverFolder } from "../../../src/launcher/server-folder.ts";
import { identify, isAlive } from "../../../src/toolchain/process-identity/identity.ts";
import type { ToolOutput } from "../../../src/tools/index.ts";
import { eventually } from "../../support/eventually.ts";
import { serverScript, type TestWorkspace, testWorkspace } from "../support/workspace.ts";
import { burningRenderer } from "./stuck-program.ts";

function pageOf(peg: string): string {
  return pathToFileURL(join(import.meta.dirname, "pegs", `${peg}.html`)).href;
}

describe("browsers of a server", function () {
  this.timeout(90_000);
  let workspace: TestWorkspace;
  let server: Connection;
  let browser: ToolOutput<"browser.launch">;

  before(async function () {
    if (process.platform !== "linux") this.skip();
    workspace = await testWorkspace();
    server = new Connection({ workspace: workspace.path, serverScript });
  });
  after(async () => {
    server?.dispose();
    await workspace?.dispose();
  });

  const launch = (url: string) => server.call("browser.launch", { url, headless: true });
  const list = async () => (await server.call("browser.list", {})).browsers;
  const data = () => readdir(serverFolder(workspace.path).browsers).catch(() => []);
  const capture = (target: { page: string; browserId?: string }, budgetMs = 10_000) =>
    server.call("hang.capture", {
      target: { kind: "page", ...target },
      budgetMs,
      directory: join(workspace.path, "captures"),
    });

  /** A page that only takes its time answers in the end. */
  async function assertStuck(index: number): Promise<void> {
    for (let i = 0; i < 5; i++) {
      assert.equal((await list())[index]?.pages[0]?.answers, false);
    }
  }

  it("say that none was started", async () => {
    assert.deepEqual(await list(), []);
    await assert.rejects(capture({ page: "loop" }), { code: "no-browser" });
    await assert.rejects(server.call("browser.close", { browserId: "none" }), {
      code: "unknown-browser",
    });
    await assert.rejects(launch("http://"), { code: "bad-address" });
    assert.deepEqual(await data(), []);
  });

  it("are started and listed, with what is stuck", async () => {
    browser = await launch(pageOf("loop"));
    assert.ok(isAlive(browser.pid));
    await eventually(() => assertStuck(0));
    assert.equal(browser.sandbox === "off", browser.withoutSandbox !== undefined);
    await eventually(async () => {
      const [listed, ...others] = await list();
      const { pages, ...about } = listed!;
      assert.deepEqual([about, others], [browser, []]);
      assert.deepEqual(pages, [
        { title: "loop.html", url: pageOf("loop"), type: "page", answers: false },
      ]);
    });
  });

  it("name and profile a page that is stuck, by a part of its address", async () => {
    const report = await capture({ page: "loop.html" });
    assert.equal(report.stuckIn?.name, "spinForever");
    const { sandbox, withoutSandbox } = browser;
    assert.deepEqual(report.browser, { sandbox, ...(withoutSandbox && { withoutSandbox }) });
    assert.deepEqual(
      report.steps.map(({ step, outcome }) => `${step} ${outcome}`),
      ["probe told", "pause named", "sampler skipped", "native skipped", "profile told"],
    );
    const [, markdown, profile] = report.artifacts;
    assert.match(await readFile(markdown!.path, "utf8"), /The browser's sandbox is o(n\.|ff: .+)/);
    assert.equal(profile?.kind, "cpuprofile");
    const { samples, nodes, frames, functions, strings } = await cpuprofileReader.read(
      profile.path,
    );
    const names = Array.from(samples.node, (node) => {
      return strings[functions.name[frames.func[nodes.frame[node]!]!]!]!;
    });
    const inside = names.filter((found) => found === "spinForever");
    assert.ok(inside.length > names.length / 2, `${inside.length} of ${names.length}`);
  });

  it("leave the profile out when there is no time for it, and say so", async () => {
    const { stuckIn, steps, artifacts } = await capture({ page: "loop.html" }, 1_500);
    assert.equal(stuckIn?.name, "spinForever");
    const { outcome, reason } = steps.at(-1)!;
    assert.deepEqual([outcome, reason], ["skipped", "over-budget"]);
    assert.equal(artifacts.length, 2);
  });

  it("keep a page running that is looked at no longer", async () => {
    const abort = new AbortController();
    const looking = server.call(
      "hang.capture",
      { target: { kind: "page", page: "loop" }, directory: join(workspace.path, "captures") },
      {
        signal: abort.signal,
        onProgress({ message }) {
          if (message === "Profiling it") abort.abort();
        },
      },
    );
    await assert.rejects(looking);
    assert.ok(await burningRenderer(browser.pid));
  });

  it("free a page on request, and nothing of one that is free", async () => {
    const target = { kind: "page", page: "loop.html" } as const;
    assert.deepEqual(await server.call("hang.free", { target }), { title: "loop.html" });
    const [listed] = await list();
    assert.equal(listed?.pages[0]?.answers, true);
    await assert.rejects(server.call("hang.free", { target }), { code: "responsive" });
    const { responsive, steps } = await capture({ page: "loop.html" });
    assert.ok(responsive);
    assert.equal(steps.at(-1)?.reason, "responsive");
  });

  it("ask which page is meant, unless a browser has only one", async () => {
    const other = await launch(pageOf("regex"));
    await eventually(() => assertStuck(1));
    await assert.rejects(
      capture({ page: ".html" }),
      ({ code, message }: Error & { code?: string }) => {
        assert.equal(code, "several-pages");
        assert.ok(message.includes(pageOf("loop")) && message.includes(pageOf("regex")), message);
        return true;
      },
    );
    await assert.rejects(capture({ page: "nowhere" }), { code: "no-page" });
    const { stuckIn } = await capture({ page: ".html", browserId: other.browserId });
    assert.equal(stuckIn?.name, "matchNames");
    await server.call("browser.close", { browserId: other.browserId });
    assert.equal(isAlive(other.pid), false);
    assert.deepEqual(
      (await list()).map(({ browserId }) => browserId),
      [browser.browserId],
    );
    assert.equal((await data()).length, 1);
  });

  it("are forgotten when they end by themselves", async () => {
    process.kill(browser.pid, "SIGKILL");
    await eventually(async () => assert.deepEqual(await list(), []));
    await eventually(async () => assert.deepEqual(await data(), []));
  });

  it("end with their server", async () => {
    const { pid } = await launch("about:blank");
    process.kill((await workspace.recorded()).process.pid, "SIGTERM");
    await eventually(() => assert.equal(isAlive(pid), false));
    await eventually(async () => assert.deepEqual(await data(), []));
  });

  it("end at the latest with the next server, when theirs was killed", async () => {
    const orphan = await launch(pageOf("loop"));
    await eventually(() => assertStuck(0));
    const { promise: looking, resolve } = Promise.withResolvers<void>();
    const target = { kind: "page", page: "loop" } as const;
    const directory = join(workspace.path, "captures");
    const onProgress = ({ message }: { message?: string }) => {
      if (message === "Looking at its stack") resolve();
    };
    const lost = assert.rejects(
      server.call("hang.capture", { target, directory }, { onProgress }),
      { code: "connection-lost" },
    );
    await looking;
    process.kill((await workspace.recorded()).process.pid, "SIGKILL");
    await lost;
    assert.ok(await burningRenderer(orphan.pid), "it runs on without its server");
    assert.deepEqual(await list(), []);
    assert.equal(await identify(orphan.pid), undefined);
    assert.deepEqual(await data(), []);
  });
});
