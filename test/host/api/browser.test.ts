// biome-ignore-all lint/suspicious/noTemplateCurlyInString: VS Code's variables are written so.
/** A browser that is started from here, and what a page of it is stuck on. */
import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { App } from "../../../extension/app.ts";
import type { ToolOutput } from "../../../src/tools/index.ts";
import { eventually } from "../../support/eventually.ts";
import { activateApp, closeEverything, write } from "./profile-fixture.ts";
import { WindowStub } from "./window-stub.ts";

const page = `<!doctype html><title>shop</title>
<script>
  function matchNames(text) {
    return /^(\\w+\\s?)+$/.test(text);
  }
  setTimeout(() => matchNames("name ".repeat(40) + "!"), 100);
</script>`;

describe("a browser with hang capture", () => {
  const [folder] = vscode.workspace.workspaceFolders!;
  const file = vscode.Uri.joinPath(folder!.uri, "browser", "stuck.html");
  const launchFile = vscode.Uri.joinPath(folder!.uri, ".vscode", "launch.json");
  const window = new WindowStub();
  let app: App;
  let errors: unknown[][] = [];
  let browser: ToolOutput<"browser.launch">;

  before(async function () {
    if (process.platform !== "linux") this.skip();
    app = await activateApp();
    await write(file, page);
  });
  beforeEach(() => {
    errors = window.answer("showErrorMessage", () => undefined);
  });
  afterEach(() => {
    window.restore();
    assert.deepEqual(errors, []);
  });
  after(async () => {
    if (browser) await app.server.call("browser.close", { browserId: browser.browserId });
    await vscode.workspace.fs.delete(launchFile, { useTrash: false }).then(undefined, () => {});
    await closeEverything();
  });

  async function configure(url: string): Promise<void> {
    const configurations = [{ name: "Shop", type: "chrome", request: "launch", url }];
    await write(launchFile, JSON.stringify({ version: "0.2.0", configurations }));
    await eventually(() => {
      const settings = vscode.workspace.getConfiguration("launch", folder!.uri);
      assert.equal(settings.get<unknown[]>("configurations")?.length, 1);
    });
  }

  it("opens what a launch configuration opens, unless told otherwise", async () => {
    await configure("file://${workspaceFolder}/browser/stuck.html");
    const asked = window.answer("showInputBox", ({ value }: vscode.InputBoxOptions) => value);
    window.answer("showWarningMessage", () => undefined);
    browser = await vscode.commands.executeCommand("hangscope.launchBrowser", { headless: true });
    const [{ value }] = asked[0] as [vscode.InputBoxOptions];
    assert.equal(value, `file://${file.fsPath}`);
    await eventually(async () => {
      const { browsers } = await app.server.call("browser.list", {});
      assert.deepEqual(
        browsers.map(({ browserId, pages }) => [browserId, pages[0]?.url, pages[0]?.answers]),
        [[browser.browserId, value, false]],
      );
    });
  });

  it("has its stuck page on top of what may be stuck", async () => {
    const asked = window.answer("showQuickPick", async ([first]: vscode.QuickPickItem[]) => first);
    const told = Promise.withResolvers<string>();
    window.answer("showWarningMessage", (message: string) => told.resolve(message));
    await vscode.commands.executeCommand("hangscope.captureHang");
    const [[first]] = asked[0] as [vscode.QuickPickItem[]];
    assert.deepEqual(
      [first?.description, first?.detail],
      ["page · does not answer", `file://${file.fsPath}`],
    );
    assert.match(await told.promise, /^The main thread is stuck in matchNames \(.*stuck\.html:4\)/);
    assert.match(app.active.current?.uri.path ?? "", /stuck\.hangscope-hang$/);
  });

  it("is offered for a page that a debugger came to too late", async () => {
    const calls: unknown[] = [];
    const { call } = app.server;
    const relaunch = "Relaunch Browser with Hang Capture";
    const answered = Promise.withResolvers<void>();
    app.server.call = (async (...args: Parameters<typeof call>) => {
      if (args[0] !== "browser.launch") return call.apply(app.server, args);
      calls.push(args[1]);
      answered.resolve();
      return browser;
    }) as typeof call;
    try {
      window.answer("showWarningMessage", (_verdict: string, ...buttons: string[]) =>
        buttons.find((button) => button === relaunch),
      );
      await vscode.commands.executeCommand("hangscope.captureHang", { inspector: browser.address });
      await answered.promise;
      assert.deepEqual(calls, [{ url: `file://${file.fsPath}` }]);
    } finally {
      app.server.call = call;
    }
  });
});
