import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { App } from "../../../extension/app.ts";
import { eventually } from "../../support/eventually.ts";
import { activateApp, closeEverything, type Shop, write, writeShop } from "./profile-fixture.ts";

const config = () => vscode.workspace.getConfiguration("hangscope");

async function lenses(uri: vscode.Uri): Promise<[line: number, title: string][]> {
  const all = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    "vscode.executeCodeLensProvider",
    uri,
    100,
  );
  return all
    .filter(({ command }) => command?.command === "hangscope.showFrame")
    .map(({ range, command }) => [range.start.line + 1, command!.title]);
}

async function hover(uri: vscode.Uri, line: number): Promise<vscode.MarkdownString[]> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    "vscode.executeHoverProvider",
    uri,
    new vscode.Position(line - 1, 4),
  );
  return hovers
    .flatMap(({ contents }) => contents as vscode.MarkdownString[])
    .filter(({ value }) => value.includes("of all time"));
}

describe("results in the code", () => {
  let app: App;
  let shop: Shop;

  before(async () => {
    app = await activateApp();
    shop = await writeShop("code");
  });
  beforeEach(async () => {
    await vscode.window.showTextDocument(shop.text);
    await app.active.open(shop.profile);
  });
  afterEach(async () => {
    for (const key of ["codeLens.enabled", "codeLens.threshold", "heat.enabled"]) {
      await config().update(key, undefined, vscode.ConfigurationTarget.Global);
    }
    await vscode.window.showTextDocument(shop.text);
    await vscode.commands.executeCommand("workbench.action.files.revert");
    await closeEverything();
  });

  const expected: [number, string][] = [
    [2, "$(flame) self 650 ms (65.0 %), total 650 ms (65.0 %)"],
    [10, "$(flame) self 100 ms (10.0 %), total 780 ms (78.0 %)"],
    [14, "$(flame) twice: self 20 ms (2.0 %), total 20 ms (2.0 %)"],
    [14, "$(flame) thrice: self 10 ms (1.0 %), total 10 ms (1.0 %)"],
  ];

  it("puts a lens on every hot function, apart where they share a line", async () => {
    await eventually(async () => assert.deepEqual(await lenses(shop.text), expected));
  });

  it("puts the lens on the original TypeScript", async () => {
    await vscode.workspace.openTextDocument(shop.typed);
    await eventually(async () =>
      assert.deepEqual(await lenses(shop.typed), [
        [5, "$(flame) self 100 ms (10.0 %), total 100 ms (10.0 %)"],
      ]),
    );
  });

  it("obeys the threshold, and the switch", async () => {
    await config().update("codeLens.threshold", 50, vscode.ConfigurationTarget.Global);
    await eventually(async () =>
      assert.deepEqual(
        (await lenses(shop.text)).map(([line]) => line),
        [2, 10],
      ),
    );
    await config().update("codeLens.enabled", false, vscode.ConfigurationTarget.Global);
    await eventually(async () => assert.deepEqual(await lenses(shop.text), []));
  });

  it("follows edits and says that the file has changed", async () => {
    await eventually(async () => assert.equal((await lenses(shop.text)).length, 4));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(shop.text, new vscode.Position(8, 0), "// one\n// two\n");
    await vscode.workspace.applyEdit(edit);
    await eventually(async () =>
      assert.deepEqual(
        await lenses(shop.text),
        expected.map(([line, title]) => [
          line > 9 ? line + 2 : line,
          `${title}, before the last changes`,
        ]),
      ),
    );
  });

  it("says so when the file was changed after the capture and before it was opened", async () => {
    const stale = await writeShop("code-stale");
    await app.active.open(stale.profile);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await write(stale.main, "function other() {}\n\nfunction main() {}\n");
    await vscode.workspace.openTextDocument(stale.main);
    await eventually(async () =>
      assert.deepEqual(await lenses(stale.main), [
        [3, "$(flame) self 10 ms (1.0 %), total 1.00 s (100 %), before the last changes"],
      ]),
    );
    assert.deepEqual(await hover(stale.main, 3), []);
  });

  it("takes the lenses away with the results", async () => {
    await eventually(async () => assert.equal((await lenses(shop.text)).length, 4));
    await vscode.commands.executeCommand("hangscope.clearResults");
    await eventually(async () => assert.deepEqual(await lenses(shop.text), []));
  });

  it("takes its numbers from another profile when that becomes the active one", async () => {
    await eventually(async () => assert.equal((await lenses(shop.text)).length, 4));
    const slow = vscode.Uri.joinPath(shop.profile, "../slow.cpuprofile");
    const text = new TextDecoder().decode(await vscode.workspace.fs.readFile(shop.profile));
    await write(slow, text.replaceAll(/\b1000\b/g, "2000").replace("1000000", "2000000"));
    await app.active.open(slow);
    await eventually(async () =>
      assert.deepEqual((await lenses(shop.text))[0], [
        2,
        "$(flame) self 1.30 s (65.0 %), total 1.30 s (65.0 %)",
      ]),
    );
  });

  it("leaves files alone that the profile does not know", async () => {
    const other = vscode.Uri.joinPath(shop.text, "../other.ts");
    await write(other, "export function other() {}\n");
    await vscode.workspace.openTextDocument(other);
    await eventually(async () => assert.equal((await lenses(shop.text)).length, 4));
    assert.deepEqual(await lenses(other), []);
  });

  it("explains a hot line on hover, with a link that runs our command only", async () => {
    // The line's time may be known before who called its function is.
    await eventually(async () => {
      const [text, ...others] = await hover(shop.text, 5);
      assert.deepEqual(others, []);
      const value = text?.value.replaceAll("&nbsp;", " ") ?? "";
      assert.match(value, /\*\*50\.0 %\*\* of all time: 500 ms in this line/);
      assert.match(value, /lineAt was called from/);
      assert.match(value, /parse, text\.ts:10 — 650 ms/);
      assert.match(value, /\(command:hangscope\.showFrame\?\d+\)/);
      assert.deepEqual(text?.isTrusted, { enabledCommands: ["hangscope.showFrame"] });
    });
    assert.deepEqual(await hover(shop.text, 7), []);
  });

  it("has no hover when heat is switched off", async () => {
    await eventually(async () => assert.equal((await hover(shop.text, 5)).length, 1));
    await config().update("heat.enabled", false, vscode.ConfigurationTarget.Global);
    await eventually(async () => assert.deepEqual(await hover(shop.text, 5), []));
  });
});
