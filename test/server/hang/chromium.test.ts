/** Pages of a real Chromium that are stuck. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { InspectorClient } from "../../../src/capture/v8/inspector-client.ts";
import { cpuprofileReader } from "../../../src/formats/cpuprofile/reader.ts";
import type { HangFile } from "../../../src/formats/hang-capture/hang-file.ts";
import { type HangReport, reportOf } from "../../../src/formats/hang-capture/report.ts";
import { captureHang } from "../../../src/hang/capture-hang.ts";
import { reachPage } from "../../../src/hang/chromium/browsers.ts";
import { choosePage } from "../../../src/hang/chromium/choose-page.ts";
import { findChromium } from "../../../src/hang/chromium/find-chromium.ts";
import {
  type LaunchedChromium,
  launchChromium,
} from "../../../src/hang/chromium/launch-chromium.ts";
import { PageWatch } from "../../../src/hang/chromium/page-watch.ts";
import { sweepUserData } from "../../../src/hang/chromium/user-data.ts";
import { freeStuck, profileStuck } from "../../../src/hang/profile-stuck.ts";
import { eventually } from "../../support/eventually.ts";
import { burningRenderer } from "./stuck-program.ts";

const pegs = { loop: "spinForever", regex: "matchNames" } as const;
const signal = AbortSignal.timeout(10 * 60_000);

function pageOf(peg: string): string {
  return pathToFileURL(join(import.meta.dirname, "pegs", `${peg}.html`)).href;
}

function unmapped(file: HangFile): HangReport {
  return reportOf(file, (index) => {
    const { name, url, line, column } = file.frames[index]!;
    return { name, url, line, column, isApp: true };
  });
}

for (const [peg, name] of Object.entries(pegs)) {
  describe(`a page of Chromium that is stuck in a ${peg}`, function () {
    this.timeout(60_000);
    let root: string;
    let chromium: LaunchedChromium;
    let renderer: number;

    before(async function () {
      if (process.platform !== "linux") this.skip();
      root = await mkdtemp(join(tmpdir(), "hangscope-test-"));
      chromium = await launchChromium({ root, url: pageOf(peg), headless: true });
      await untilStuck();
      renderer = await burningRenderer(chromium.pid);
    });
    after(async () => {
      if (!root) return;
      await chromium.close();
      assert.deepEqual(await readdir(root), []);
      await rm(root, { recursive: true });
    });

    const pageAt = (part: string) => choosePage(chromium.watch.pages, part);

    async function untilStuck(): Promise<void> {
      const page = await eventually(() => pageAt(`${peg}.html`));
      await eventually(() =>
        assert.rejects(page.ask("Runtime.evaluate", { expression: "0" }, { ms: 2_000 }), {
          code: "inspector-timeout",
        }),
      );
    }

    it("is named, because it was watched before", async () => {
      const file = await captureHang(reachPage(pageAt(`${peg}.html`), chromium), {
        budgetMs: 10_000,
      });
      const report = unmapped(file);
      assert.equal(report.stuckIn?.name, name);
      assert.match(report.stuckIn.file, new RegExp(`pegs/${peg}\\.html$`));
      assert.equal(report.stuckIn.by, "pause");
      assert.equal(report.responsive, false);
      assert.equal(report.looks, 6);
      assert.equal(report.heap?.usedBytes.length, 6);
      assert.equal(await burningRenderer(chromium.pid), renderer);
    });

    it("stands still only while somebody looks at it", async () => {
      const page = pageAt(`${peg}.html`);
      const paused = new Promise<void>((resolve) => {
        page.onEvent = (method) => method === "Debugger.paused" && resolve();
      });
      await page.ask("Debugger.enable");
      await page.ask("Debugger.pause");
      await paused;
      await assert.rejects(burningRenderer(chromium.pid, 4));
      await page.ask("Debugger.disable");
      assert.equal(await burningRenderer(chromium.pid), renderer);
      // One that lands when nobody waits for it any more.
      await page.ask("Debugger.pause");
      assert.equal(await burningRenderer(chromium.pid), renderer);
    });

    it("is profiled while it is stuck, and freed on request", async () => {
      const page = pageAt(`${peg}.html`);
      const path = join(root, "stuck.cpuprofile");
      await writeFile(path, await profileStuck(page, { ms: 500, signal }));
      const { samples, nodes, frames, functions, strings } = await cpuprofileReader.read(path);
      await rm(path);
      const names = Array.from(samples.node, (node) => {
        return strings[functions.name[frames.func[nodes.frame[node]!]!]!]!;
      });
      const inside = names.filter((found) => found === name);
      assert.ok(inside.length > names.length / 2, `${inside.length} of ${names.length}`);
      await freeStuck(page, signal);
      const answer = await page.ask("Runtime.evaluate", { expression: "6 * 7" });
      assert.equal((answer as { result: { value: number } }).result.value, 42);
    });

    it("says that it came too late, and leaves no session", async () => {
      await chromium.watch.navigate(pageOf(peg), signal);
      await untilStuck();
      chromium.watch.close();
      const target = { kind: "inspector", address: chromium.address, page: ".html" } as const;
      const report = unmapped(await captureHang(target, { budgetMs: 10_000 }));
      assert.equal(report.steps.find(({ step }) => step === "pause")?.reason, "connected-late");
      assert.match(report.verdict, /^What it is stuck in could not be seen. The page got stuck/);
      assert.ok(report.advice.some((text) => text.startsWith("Start the browser from here")));
      assert.ok(report.steps.every(({ reason }) => reason !== "over-budget"));
      assert.deepEqual(await attachedPages(chromium), []);
      assert.ok(await burningRenderer(chromium.pid));
    });

    it("says so too when the watch came too late", async () => {
      const late = await PageWatch.start(await browserSocket(chromium), signal);
      const { steps } = await captureHang(reachPage(choosePage(late.pages, ".html"), chromium), {
        budgetMs: 10_000,
      });
      assert.equal(steps.find(({ step }) => step === "pause")?.reason, "connected-late");
      late.close();
      assert.ok(await burningRenderer(chromium.pid));
    });
  });
}

async function browserSocket({ address }: LaunchedChromium): Promise<string> {
  const answer = await fetch(`http://${address}/json/version`);
  const { webSocketDebuggerUrl } = (await answer.json()) as { webSocketDebuggerUrl: string };
  return webSocketDebuggerUrl;
}

async function attachedPages(chromium: LaunchedChromium): Promise<unknown[]> {
  const client = await InspectorClient.connect(await browserSocket(chromium), signal);
  const { targetInfos } = (await client.ask("Target.getTargets")) as {
    targetInfos: { type: string; attached: boolean; url: string }[];
  };
  client.close();
  return targetInfos.filter(({ type, attached }) => type === "page" && attached);
}

describe("launching Chromium", function () {
  this.timeout(60_000);
  let root: string;

  before(async function () {
    if (process.platform !== "linux") this.skip();
    root = await mkdtemp(join(tmpdir(), "hangscope-test-"));
  });
  after(async () => {
    if (root) await rm(root, { recursive: true });
  });

  it("does without its sandbox only where a launch with it fails", async () => {
    const { executable, calls } = await standIn(`exec '${await findChromium()}' "$@"`);
    const launched = await launchChromium({ root, executable, url: "about:blank", headless: true });
    await launched.close();
    const tried = await calls();
    if (launched.sandbox === "on") {
      assert.equal(tried.length, 1);
    } else {
      assert.equal(tried.length, 2);
      assert.match(tried[1]!, /^--no-sandbox /);
      assert.match(launched.withoutSandbox!, /did not start: .*sandbox/i);
    }
    assert.doesNotMatch(tried[0]!, /--no-sandbox/);
    assert.deepEqual(await userData(), []);
  });

  it("does without its sandbox where pages in it cannot write V8's log, if that is wanted", async () => {
    const real = await findChromium();
    // As if it were in a sandbox: with none of the flags that make a log.
    const { executable, calls } = await standIn(`
      case "$*" in --no-sandbox*) exec '${real}' "$@" ;; esac
      for arg; do
        shift
        case "$arg" in --js-flags=*) ;; *) set -- "$@" "$arg" ;; esac
      done
      exec '${real}' --no-sandbox "$@"`);
    const options = { root, executable, url: pageOf("loop"), headless: true };
    const launched = await launchChromium({ ...options, arm: true });
    assert.deepEqual([launched.sandbox, (await calls()).length], ["off", 2]);
    assert.match(launched.withoutSandbox!, /no page can write the log of V8's sampler/);
    const logs = await readdir(launched.logs!);
    assert.ok(
      logs.some((name) => /^isolate-0x[\da-f]+-\d+-\d+-v8\.log$/.test(name)),
      logs.join(),
    );
    await launched.close();
    assert.deepEqual(await userData(), []);
  });

  it("says why a browser does not start, and leaves nothing", async () => {
    const { executable } = await standIn("echo no display >&2; exit 1");
    await assert.rejects(launchChromium({ root, executable, url: "about:blank" }), {
      code: "cannot-start",
      message: `${executable} did not start: no display`,
    });
    await assert.rejects(
      launchChromium({ root, executable: join(root, "none"), url: "about:blank" }),
      {
        code: "cannot-start",
      },
    );
    assert.deepEqual(await userData(), []);
  });

  it("sweeps the user data of those that died, and of no other", async () => {
    const dead = spawnSync("true").pid;
    const kept = [`${process.pid}-abcdef`, "not-ours"];
    for (const name of [`${dead}-abcdef`, ...kept]) await mkdir(join(root, name));
    await sweepUserData(root);
    assert.deepEqual((await userData()).toSorted(), kept.toSorted());
    for (const name of kept) await rm(join(root, name), { recursive: true });
  });

  async function userData(): Promise<string[]> {
    return (await readdir(root)).filter((name) => !name.startsWith("browser"));
  }

  /** A browser that writes down how it was called. */
  async function standIn(script: string) {
    const executable = join(root, "browser");
    const log = join(root, "browser.log");
    await rm(log, { force: true });
    await writeFile(executable, `#!/bin/sh\necho "$*" >>'${log}'\n${script}\n`, { mode: 0o755 });
    return { executable, calls: async () => (await readFile(log, "utf8")).trim().split("\n") };
  }
});
