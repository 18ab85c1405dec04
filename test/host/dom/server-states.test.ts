/** What a person sees of the server: its jobs from another terminal, its silence, and the question. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "../../../scripts/host/paths.ts";
import { Connection } from "../../../src/launcher/connection.ts";
import { run } from "../../../src/toolchain/run.ts";
import { stopProcess } from "../../support/stop-process.ts";
import { screenshotFailures, Workbench } from "./support/workbench.ts";

describe("the server on the screen", function () {
  this.timeout(120_000);
  let workbench: Workbench;
  /** Stopped, so that a job that wants to look into it goes on. */
  let target: ChildProcess;
  /** As a terminal on the same folder has it. */
  let terminal: Connection;
  const leave = new AbortController();
  let call: Promise<unknown> = Promise.resolve();

  before(async function () {
    if (process.platform === "win32") this.skip();
    workbench = await Workbench.open({
      openFile: "src/busy.ts",
      // Not offered to people: a question that comes at once would be asked for nothing.
      settings: { "hangscope.server.patienceSeconds": 1 },
    });
    await workbench.runCommand("Hangscope: Restart Server");
    await workbench.page.getByLabel("Hangscope: the server is running").first().waitFor();
    process.env["HANGSCOPE_HOME"] = workbench.home;
    terminal = new Connection({
      workspace: workbench.workspace,
      serverScript: join(root, "dist", "server.js"),
    });
    target = spawn("node", ["-e", "console.log('up'); setInterval(() => {}, 1000)"]);
    await once(target.stdout!, "data");
    await stopProcess(target.pid!);
  });
  after(async () => {
    leave.abort();
    await call;
    target?.kill("SIGKILL");
    terminal?.dispose();
    delete process.env["HANGSCOPE_HOME"];
    await workbench?.close();
  });
  screenshotFailures(() => workbench);

  it("shows the jobs that another program gave it", async () => {
    const input = {
      target: { kind: "process" as const, pid: target.pid! },
      directory: workbench.home,
    };
    call = again(() => terminal.call("v8.start", input, { signal: leave.signal }));
    await workbench.runCommand("Hangscope: Show Jobs");
    const row = workbench.page.locator(".quick-input-list .monaco-list-row", {
      hasText: "v8.start",
    });
    await row.waitFor();
    await workbench.screenshotThemes("server-jobs");
    await workbench.page.keyboard.press("Escape");
  });

  it("opens a menu at its item in the status bar", async () => {
    await workbench.statusItem("status").click();
    await workbench.page
      .locator(".quick-input-list .monaco-list-row", { hasText: "Show Jobs" })
      .waitFor();
    await workbench.screenshotThemes("server-menu");
    await workbench.page.keyboard.press("Escape");
  });

  it("tells of a server that does not answer, and asks before it ends it", async () => {
    const pid = await serverPid();
    await stopProcess(pid);
    try {
      await workbench.page.locator(".codicon-bell-dot").waitFor({ timeout: 30_000 });
      const question = (await workbench.notifications()).filter({ hasText: "does not answer" });
      await question.waitFor();
      await question.getByRole("button", { name: "Restart" }).waitFor();
      await question.getByRole("button", { name: "Wait" }).waitFor();
      await workbench.screenshotThemes("server-unresponsive");
    } finally {
      process.kill(pid, "SIGCONT");
    }
    await workbench
      .statusItem("status")
      .filter({ hasNot: workbench.page.locator(".codicon-warning") })
      .waitFor();
  });

  /** A slow machine takes longer for its pictures than a stopped process is waited for. */
  async function again(job: () => Promise<unknown>): Promise<void> {
    while (!leave.signal.aborted) {
      await job().catch(() => {});
      await sleep(50);
    }
  }

  async function serverPid(): Promise<number> {
    const node = { command: process.execPath, howToGet: "Run npm ci." };
    const cli = join(root, "dist", "cli.js");
    const args = [cli, "server", "status", "--json", "--workspace", workbench.workspace];
    const { stdout } = await run(node, args, { env: { HANGSCOPE_HOME: workbench.home } });
    return (JSON.parse(stdout) as { pid: number }).pid;
  }
});
