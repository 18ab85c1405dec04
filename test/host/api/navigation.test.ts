import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { App } from "../../../extension/app.ts";
import { eventually } from "../../support/eventually.ts";
import { activateApp, closeEverything, type Shop, writeShop } from "./profile-fixture.ts";
import { WindowStub } from "./window-stub.ts";

function standing(): [file: string, line: number, column: vscode.ViewColumn | undefined] {
  const editor = vscode.window.activeTextEditor;
  assert.ok(editor, "no text editor is active");
  const { document, selection, viewColumn } = editor;
  return [document.uri.path.split("/").at(-1)!, selection.active.line + 1, viewColumn];
}

describe("navigation", () => {
  let app: App;
  let shop: Shop;

  before(async () => {
    app = await activateApp();
    shop = await writeShop("navigation");
  });
  beforeEach(() => app.active.open(shop.profile));
  afterEach(closeEverything);

  it("goes to the hottest line, beside the view", async () => {
    await vscode.commands.executeCommand("hangscope.goToHottestFrame");
    assert.deepEqual(standing(), ["text.ts", 5, vscode.ViewColumn.Two]);
    // The first character of the line's code.
    assert.equal(vscode.window.activeTextEditor?.selection.active.character, 4);
    const [view] = vscode.window.tabGroups.all;
    assert.ok(view!.activeTab?.input instanceof vscode.TabInputCustom);
  });

  it("walks the developer's own frames first, then the libraries', and wraps", async () => {
    const walked: [string, number][] = [];
    for (let i = 0; i < 8; i++) {
      await vscode.commands.executeCommand("hangscope.nextHotFrame");
      const [file, line] = standing();
      walked.push([file, line]);
    }
    assert.deepEqual(walked, [
      ["text.ts", 5],
      ["text.ts", 11],
      ["shape.ts", 6],
      ["text.ts", 14],
      ["main.ts", 4],
      ["text.ts", 14],
      ["index.js", 1],
      ["text.ts", 5],
    ]);
    await vscode.commands.executeCommand("hangscope.previousHotFrame");
    assert.equal(standing()[0], "index.js");
  });

  it("starts at the end when it walks backwards", async () => {
    await vscode.commands.executeCommand("hangscope.previousHotFrame");
    assert.equal(standing()[0], "index.js");
  });

  it("opens no more columns than it needs", async () => {
    for (let i = 0; i < 4; i++) await vscode.commands.executeCommand("hangscope.nextHotFrame");
    assert.equal(vscode.window.tabGroups.all.length, 2);
  });

  it("uses the column that shows the file already", async () => {
    await vscode.window.showTextDocument(shop.text, { viewColumn: vscode.ViewColumn.Two });
    await vscode.window.showTextDocument(shop.main, { viewColumn: vscode.ViewColumn.Three });
    await vscode.commands.executeCommand("hangscope.goToHottestFrame");
    assert.deepEqual(standing(), ["text.ts", 5, vscode.ViewColumn.Two]);
  });

  it("asks again what could not be asked, and says why when that fails too", async () => {
    const stub = new WindowStub();
    const shown = stub.answer("showErrorMessage", () => undefined);
    const profile = app.active.current as { query: unknown };
    const { query } = profile;
    try {
      profile.query = () => Promise.reject(new Error("no answer today"));
      app.active.clear();
      await app.active.activate(shop.profile);
      assert.equal(app.active.current, profile);
      await vscode.commands.executeCommand("hangscope.goToHottestFrame");
      assert.deepEqual(
        shown.map(([message]) => message),
        ["no answer today"],
      );
      assert.equal(vscode.window.activeTextEditor, undefined);
    } finally {
      profile.query = query;
      stub.restore();
    }
    await vscode.commands.executeCommand("hangscope.goToHottestFrame");
    assert.deepEqual(standing().slice(0, 2), ["text.ts", 5]);
    await eventually(() => assert.notDeepEqual(vscode.languages.getDiagnostics(shop.text), []));
  });

  it("goes nowhere without a profile", async () => {
    await vscode.commands.executeCommand("hangscope.clearResults");
    await vscode.commands.executeCommand("hangscope.goToHottestFrame");
    await eventually(() => assert.equal(vscode.window.tabGroups.all.length, 1));
    assert.equal(vscode.window.activeTextEditor, undefined);
  });
});
