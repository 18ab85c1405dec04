/** All the ways in which a page of a real Chromium can be stuck, as a table. */
import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { HangFile } from "../../../src/formats/hang-capture/hang-file.ts";
import { type HangReport, reportOf } from "../../../src/formats/hang-capture/report.ts";
import { captureHang } from "../../../src/hang/capture-hang.ts";
import { reachPage } from "../../../src/hang/chromium/browsers.ts";
import {
  type LaunchedChromium,
  launchChromium,
} from "../../../src/hang/chromium/launch-chromium.ts";
import { PageWatch } from "../../../src/hang/chromium/page-watch.ts";
import type { WatchedPage } from "../../../src/hang/chromium/watched-page.ts";
import { freeStuck } from "../../../src/hang/profile-stuck.ts";
import { eventually } from "../../support/eventually.ts";
import { burningRenderer, type Peg } from "./stuck-program.ts";

const isLong = process.env["HANGSCOPE_LONG"] !== undefined;
const signal = AbortSignal.timeout(10 * 60_000);
/** What the debugger was there for before is named within it. */
const budgetMs = 3_000;
/** The sampler is asked only after a pause has not landed, and its log is read while it grows. */
const armedBudgetMs = 20_000;

const culprits: Readonly<Record<Peg, RegExp>> = {
  loop: /^spinForever$/,
  regex: /^matchNames$/,
  recursion: /^visit(Node|AgainAndAgain)$/,
  allocation: /^fillCache$/,
  native: /^countNodes$/,
};
/** What a pause reaches. */
const paused = ["loop", "regex", "recursion", "allocation"] as const;

interface Row {
  readonly peg: Peg;
  readonly debugger: "before" | "late";
  readonly sampler: "on" | "off";
  readonly named: string;
  readonly by: string;
  readonly ms: number;
  readonly afterwards: string;
}
const table: Row[] = [];

function unmapped(file: HangFile): HangReport {
  return reportOf(file, (index) => {
    const { name, url, line, column } = file.frames[index]!;
    return { name, url, line, column, isApp: url !== "" };
  });
}

/** A browser for all rows of a part of the table, and its page. */
function browser(options: { readonly arm: boolean }) {
  let root: string;
  let chromium: LaunchedChromium;
  let page: WatchedPage;

  before(async function () {
    if (process.platform !== "linux") this.skip();
    root = await mkdtemp(join(tmpdir(), "hangscope-test-"));
    chromium = await launchChromium({ ...options, root, url: "about:blank", headless: true });
    page = chromium.watch.pages[0]!;
  });
  afterEach(async () => {
    // One in a native call cannot be: it comes last.
    await freeStuck(page, signal).catch(() => {});
  });
  after(async () => {
    if (!root) return;
    await chromium.close();
    assert.deepEqual(await readdir(root), []);
    await rm(root, { recursive: true });
  });

  async function stick(peg: Peg): Promise<void> {
    const url = pathToFileURL(join(import.meta.dirname, "pegs", `${peg}.html`)).href;
    await chromium.watch.navigate(url, signal);
    await eventually(() => assert.equal(page.target.url, url));
    await eventually(async () => assert.equal(await page.answers(2_000), false));
    // Of a log its last seconds count, and they are to be those of this page.
    if (options.arm) await sleep(2_000);
  }

  async function look(peg: Peg, looked: WatchedPage): Promise<HangReport> {
    const budget = options.arm ? armedBudgetMs : budgetMs;
    const reached = reachPage(looked, chromium);
    const report = unmapped(await captureHang(reached, { budgetMs: budget }));
    const { stuckIn, milliseconds } = report;
    assert.ok(await burningRenderer(chromium.pid));
    table.push({
      peg,
      debugger: looked === page ? "before" : "late",
      sampler: chromium.logs === undefined ? "off" : "on",
      named: stuckIn?.name ?? report.steps.find(({ step }) => step === "pause")?.reason ?? "",
      by: stuckIn?.by ?? "",
      ms: milliseconds,
      afterwards: "runs on",
    });
    return report;
  }

  async function cancel(): Promise<void> {
    const abort = new AbortController();
    const looking = captureHang(reachPage(page, chromium), {
      budgetMs,
      signal: abort.signal,
      onProgress({ message }) {
        if (message === "Looking at its stack") void sleep(60).then(() => abort.abort());
      },
    });
    await assert.rejects(looking, { name: "AbortError" });
    assert.ok(await burningRenderer(chromium.pid));
  }

  async function lookLate(peg: Peg): Promise<HangReport> {
    const answer = await fetch(`http://${chromium.address}/json/version`);
    const { webSocketDebuggerUrl } = (await answer.json()) as { webSocketDebuggerUrl: string };
    const watch = await PageWatch.start(webSocketDebuggerUrl, signal);
    try {
      return await look(peg, watch.pages[0]!);
    } finally {
      watch.close();
    }
  }

  return { stick, look, cancel, lookLate, page: () => page };
}

after(() => {
  if (isLong) console.table(table);
});

describe("a page of Chromium that is stuck", function () {
  this.timeout(90_000);
  const { stick, look, cancel, lookLate, page } = browser({ arm: false });

  for (const peg of paused) {
    it(`in a ${peg} is named, runs on, also when the capture is cancelled`, async () => {
      await stick(peg);
      const { stuckIn, responsive } = await look(peg, page());
      assert.match(stuckIn?.name ?? "", culprits[peg]);
      assert.deepEqual([stuckIn?.by, responsive], ["pause", false]);
      assert.match(stuckIn!.file, new RegExp(`pegs/${peg}\\.html$`));
      await cancel();
      if (isLong) {
        const late = await lookLate(peg);
        assert.equal(late.stuckIn, undefined);
        const pause = late.steps.find(({ step }) => step === "pause");
        assert.equal(pause?.reason, "connected-late");
      }
    });
  }

  it("in one long native call says so, and runs on", async () => {
    await stick("native");
    const { stuckIn, steps } = await look("native", page());
    assert.equal(stuckIn, undefined);
    assert.equal(steps.find(({ step }) => step === "pause")?.reason, "native-call");
    await cancel();
  });
});

describe("a page of a Chromium with V8's sampler on that is stuck", function () {
  this.timeout(90_000);
  const { stick, look, cancel, lookLate, page } = browser({ arm: true });

  // What a pause reaches is named before; who connects late has nothing but the log.
  for (const peg of isLong ? paused : []) {
    it(`in a ${peg} is named also by who connects late`, async () => {
      await stick(peg);
      const { stuckIn, steps } = await lookLate(peg);
      assert.match(stuckIn?.name ?? JSON.stringify(steps), culprits[peg]);
      assert.equal(stuckIn?.by, "sampler");
    });
  }

  it("in one long native call is named by its caller", async () => {
    await stick("native");
    const { stuckIn, steps } = await look("native", page());
    assert.match(stuckIn?.name ?? JSON.stringify(steps), culprits.native);
    assert.equal(stuckIn?.by, "sampler");
    await cancel();
  });
});
