/** A large recording: the server serves others while it is exported and read, and says so. */
import assert from "node:assert/strict";
import { globSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../../../scripts/host/paths.ts";
import { Connection, type ConnectionState } from "../../../src/launcher/connection.ts";
import { type AppleTools, withAppleTools } from "../../toolchain/scenario.ts";
import { shopFiles } from "../shop.ts";
import { startRecording, untilShown } from "./support/apple-app.ts";
import { screenshotFailures, Workbench } from "./support/workbench.ts";

const exportBytes = 44_000_000;
/** What each of the others gets answered before the work can go on. */
const answersWanted = 3;

/** Another program on the same folder, which asks for something small again and again. */
class Client {
  readonly states: ConnectionState[] = [];
  answers = 0;
  readonly #connection: Connection;
  readonly #leave = new AbortController();
  #asking: Promise<void> | undefined;

  constructor(workspace: string) {
    this.#connection = new Connection({
      workspace,
      serverScript: join(root, "dist", "server.js"),
      onState: (state) => this.states.push(state),
    });
  }

  async start(path: string): Promise<void> {
    const { profileId } = await this.#connection.call("profile.open", { path });
    const query = { kind: "summary" } as const;
    const ask = async () => {
      while (!this.#leave.signal.aborted) {
        await this.#connection.call("profile.query", { profileId, query });
        this.answers++;
        await sleep(20);
      }
    };
    this.#asking = ask();
  }

  /** Until it has been answered some more. */
  async untilAnswered(): Promise<void> {
    const wanted = this.answers + answersWanted;
    while (this.answers < wanted) await Promise.race([this.#asking, sleep(5)]);
  }

  /** @throws what a call of its failed with */
  async end(): Promise<void> {
    this.#leave.abort();
    await this.#asking;
    this.#connection.dispose();
  }
}

describe("a large recording of an Apple app", function () {
  this.timeout(180_000);
  let tools: AppleTools;
  let workbench: Workbench;
  let clients: Client[] = [];
  let stateBefore: ServerState;

  before(async function () {
    if (process.platform === "win32") this.skip();
    tools = withAppleTools({
      xcode: "26.5",
      // Time to look at it.
      times: { finalisingHostWide: 150_000 },
      trace: { tables: { "time-profile": { bytes: exportBytes } } },
    });
    workbench = await Workbench.open({
      workspace: join(root, "examples", "stuck-ios"),
      openFile: "Sources/StuckApp/ImageCache.swift",
      env: tools.env,
    });
    process.env["HANGSCOPE_HOME"] = workbench.home;
    // None of it is the app's, whose process alone would be kept.
    await startRecording(workbench, "All Processes");
    stateBefore = serverState(workbench);
    clients = [new Client(workbench.workspace), new Client(workbench.workspace)];
    const small = writeSmallProfile(workbench);
    for (const client of clients) await client.start(small);
    await watchStatus(workbench);
  });
  after(async () => {
    await Promise.allSettled(clients.map((client) => client.end()));
    delete process.env["HANGSCOPE_HOME"];
    await workbench?.close();
    tools?.remove();
  });
  screenshotFailures(() => workbench);

  it("is collected and read while others are answered", async () => {
    const { page } = workbench;
    const status = workbench.statusItem("status");
    await status.click();
    await status.filter({ hasText: "collecting" }).waitFor();
    await Promise.all(clients.map((client) => client.untilAnswered()));
    await page.mouse.move(0, 0);
    await status.hover();
    await page.locator(".monaco-hover:visible", { hasText: "apple.stop · 0:" }).waitFor();
    await page.waitForTimeout(500);
    await workbench.screenshot("apple-collecting");
    assert.match((await status.textContent()) ?? "", /collecting/, "it is still being collected");

    await page.locator("iframe.webview:visible").waitFor({ timeout: 90_000 });
    await Promise.all(clients.map((client) => client.untilAnswered()));
    const graph = workbench.webview().getByRole("application");
    assert.equal(await graph.count(), 0, "it is still being read");
    await untilShown(workbench);
    await workbench.screenshot("apple-large");
  });

  it("shows the work in the status bar, and never a server that does not answer", async () => {
    const said = await statusSaid(workbench);
    assert.ok(said.some((text) => text.includes("collecting the profile of All processes")));
    assert.ok(said.some((text) => text.includes("codicon-loading")));
    assert.deepEqual(
      said.filter((text) => /does not answer|codicon-warning|codicon-error/.test(text)),
      [],
    );
  });

  it("is known to the others as two jobs of a server that is well", () => {
    for (const { states } of clients) {
      const jobs = states.flatMap((state) => ("jobs" in state ? state.jobs : []));
      const seen = new Set(jobs.map(({ tool }) => tool));
      assert.ok(seen.has("apple.stop") && seen.has("profile.open"), [...seen].join());
      const kinds = new Set(states.map(({ kind }) => kind));
      assert.deepEqual([...kinds].sort(), ["ready", "starting"]);
    }
  });

  it("is all the work of one server, whose token stays as it was", () => {
    assert.deepEqual(serverState(workbench), stateBefore);
  });
});

interface ServerState {
  readonly text: string;
  readonly inode: number;
  readonly changedAt: number;
}

/** Of the one server of the folder: its instance, its process and its token. */
function serverState({ home }: Workbench): ServerState {
  const files = globSync(join(home, "servers", "*", "state.json"));
  assert.equal(files.length, 1);
  const { ino, mtimeMs } = statSync(files[0]!);
  return { text: readFileSync(files[0]!, "utf8"), inode: ino, changedAt: mtimeMs };
}

/** A small profile; its path. */
function writeSmallProfile({ home }: Workbench): string {
  const path = join(home, "small.cpuprofile");
  writeFileSync(path, new Map(shopFiles("file:///shop")).get("shop.cpuprofile")!);
  return path;
}

/** Notes whatever the item in the status bar says from now on. */
async function watchStatus({ page }: Workbench): Promise<void> {
  await page.evaluate(`{
    globalThis.said = [];
    const look = () => {
      const item = document.getElementById("hangscope.hangscope.status");
      const label = item?.querySelector("[aria-label]")?.getAttribute("aria-label") ?? "";
      const icons = [...(item?.querySelectorAll(".codicon") ?? [])].map((icon) => icon.className);
      const text = [label, ...icons].join(" ");
      if (globalThis.said.at(-1) !== text) globalThis.said.push(text);
    };
    look();
    new MutationObserver(look).observe(document.querySelector(".statusbar"), {
      subtree: true, childList: true, attributes: true, characterData: true,
    });
  }`);
}

function statusSaid({ page }: Workbench): Promise<string[]> {
  return page.evaluate("globalThis.said");
}
