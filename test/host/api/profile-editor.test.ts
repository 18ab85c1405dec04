import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { App } from "../../../extension/app.ts";
import { viewPage } from "../../../extension/profile/view-page.ts";
import { eventually } from "../../support/eventually.ts";
import { activateApp, closeEverything, type Shop, writeShop } from "./profile-fixture.ts";

function views(): [column: vscode.ViewColumn, viewType: string, file: string][] {
  return vscode.window.tabGroups.all.flatMap(({ viewColumn, tabs }) =>
    tabs.flatMap(({ input }): [vscode.ViewColumn, string, string][] =>
      input instanceof vscode.TabInputCustom
        ? [[viewColumn, input.viewType, input.uri.path.split("/").at(-2)!]]
        : [],
    ),
  );
}

describe("the profile editor", () => {
  let app: App;
  let shop: Shop;
  let other: Shop;

  before(async () => {
    app = await activateApp();
    shop = await writeShop("editor");
    other = await writeShop("editor-other");
  });
  afterEach(closeEverything);

  it("opens beside the source and makes its profile the active one", async () => {
    await vscode.window.showTextDocument(shop.text);
    await app.active.open(shop.profile);
    assert.deepEqual(views(), [[vscode.ViewColumn.Two, "hangscope.cpuprofile", "editor"]]);
    assert.equal(app.active.current?.uri.toString(), shop.profile.toString());
    const { total } = await app.active.current!.query({ kind: "hottest" });
    assert.equal(total, 1_000_000);
  });

  it("goes on answering after the server was restarted", async () => {
    await app.active.open(shop.profile);
    await app.server.restart();
    const { total } = await app.active.current!.query({ kind: "hottest" });
    assert.equal(total, 1_000_000);
  });

  it("takes the whole width when nothing is open, and the next one its place", async () => {
    await app.active.open(shop.profile);
    await app.active.open(other.profile);
    assert.deepEqual(views(), [
      [vscode.ViewColumn.One, "hangscope.cpuprofile", "editor"],
      [vscode.ViewColumn.One, "hangscope.cpuprofile", "editor-other"],
    ]);
  });

  it("can be split, and is not opened once more", async () => {
    await app.active.open(shop.profile);
    await vscode.commands.executeCommand("workbench.action.splitEditor");
    const split = [
      [vscode.ViewColumn.One, "hangscope.cpuprofile", "editor"],
      [vscode.ViewColumn.Two, "hangscope.cpuprofile", "editor"],
    ];
    await eventually(() => assert.deepEqual(views(), split));
    await vscode.window.showTextDocument(shop.text, { viewColumn: vscode.ViewColumn.One });
    await app.active.open(shop.profile);
    assert.deepEqual(views(), split);
    await eventually(() => {
      const { activeTab } = vscode.window.tabGroups.activeTabGroup;
      assert.ok(activeTab?.input instanceof vscode.TabInputCustom);
    });
  });

  it("makes active the profile whose view is focused", async () => {
    await app.active.open(shop.profile);
    await app.active.open(other.profile);
    assert.equal(app.active.current?.uri.toString(), other.profile.toString());
    await vscode.commands.executeCommand("workbench.action.previousEditorInGroup");
    await eventually(() =>
      assert.equal(app.active.current?.uri.toString(), shop.profile.toString()),
    );
  });

  it("keeps the results when the view is closed, and opens it again to show a function", async () => {
    await app.active.open(shop.profile);
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    assert.equal(app.active.current?.uri.toString(), shop.profile.toString());
    await vscode.window.showTextDocument(shop.text);
    await vscode.commands.executeCommand("hangscope.showFrame", 2);
    await eventually(() =>
      assert.deepEqual(views(), [[vscode.ViewColumn.Two, "hangscope.cpuprofile", "editor"]]),
    );
  });

  it("stays in its column to show a function", async () => {
    await app.active.open(shop.profile);
    await vscode.window.showTextDocument(shop.text, { viewColumn: vscode.ViewColumn.Two });
    await vscode.commands.executeCommand("hangscope.showFrame", 2);
    await eventually(() => {
      const { activeTab } = vscode.window.tabGroups.activeTabGroup;
      assert.ok(activeTab?.input instanceof vscode.TabInputCustom);
    });
    assert.deepEqual(views(), [[vscode.ViewColumn.One, "hangscope.cpuprofile", "editor"]]);
  });

  it("brings a hidden view to the front to show a function", async () => {
    await app.active.open(shop.profile);
    await vscode.window.showTextDocument(shop.text, { viewColumn: vscode.ViewColumn.One });
    await vscode.commands.executeCommand("hangscope.showFrame", 2);
    await eventually(() => {
      const { activeTab } = vscode.window.tabGroups.activeTabGroup;
      assert.ok(activeTab?.input instanceof vscode.TabInputCustom);
    });
    assert.equal(views().length, 1);
  });

  it("has no active profile when it cannot be read", async () => {
    const broken = vscode.Uri.joinPath(shop.profile, "../broken.cpuprofile");
    await vscode.workspace.fs.writeFile(broken, new TextEncoder().encode("nothing of use"));
    await app.active.open(broken);
    assert.equal(app.active.current, undefined);
    assert.equal(views().length, 1);
  });

  it("lets the page run nothing but its own script", () => {
    const uris: string[] = [];
    const webview = {
      cspSource: "vscode-webview:",
      asWebviewUri(uri: vscode.Uri) {
        uris.push(uri.path);
        return uri;
      },
    } as vscode.Webview;
    const pages = [1, 2].map(() => viewPage(webview, app.context.extensionUri));
    const nonces = pages.map((page) => /<script nonce="([^"]{20,})" src=/.exec(page)?.[1]);
    assert.ok(nonces[0] && nonces[1] && nonces[0] !== nonces[1]);
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(pages[0]!)?.[1] ?? "";
    assert.ok(policy.startsWith("default-src 'none'; "), policy);
    assert.ok(policy.includes(`script-src 'nonce-${nonces[0]}'`));
    assert.ok(!/unsafe|\*|https?:/.test(policy), policy);
    assert.ok(
      uris.every((path) => path.includes("/dist/webview.")),
      uris.join(" "),
    );
    assert.doesNotMatch(
      pages[0]!.replace(/<script nonce="[^"]+" src="[^"]+"><\/script>/, ""),
      /<script/,
    );
  });
});
