import assert from "node:assert/strict";
import * as vscode from "vscode";
import { findSource, goToSource } from "../../../extension/profile/source-files.ts";
import { closeEverything, type Shop, writeShop } from "./profile-fixture.ts";

describe("the source of a frame", () => {
  let shop: Shop;

  before(async () => {
    shop = await writeShop("source");
  });
  afterEach(closeEverything);

  const cases = (): [what: string, url: string][] => [
    ["a file URL", shop.text.toString()],
    ["a path", shop.text.fsPath],
    ["a path of another checkout", "/home/ci/build/source/text.ts"],
    ["a file URL of another checkout on Windows", "file:///D:/ci/source/text.ts"],
    ["an address of a bundler", "webpack://shop/./source/text.ts?1234"],
    ["a way round through folders above", "/home/ci/x/../source/text.ts"],
  ];
  for (let i = 0; i < 6; i++) {
    it(`is found by case ${i + 1} of the ways a profile may name it`, async () => {
      const [what, url] = cases()[i]!;
      assert.equal((await findSource(url))?.toString(), shop.text.toString(), what);
    });
  }

  it("is nothing for the runtime's own code, missing files and folders", async () => {
    const folder = vscode.Uri.joinPath(shop.text, "..").toString();
    for (const url of ["node:fs", "", "file:///nowhere/gone.ts", folder, "command:quit"]) {
      assert.equal(await findSource(url), undefined, url);
    }
  });

  it("opens on the exact place", async () => {
    await goToSource({ url: shop.text.toString(), line: 5, column: 14 });
    const { selection } = vscode.window.activeTextEditor!;
    assert.deepEqual([selection.active.line, selection.active.character], [4, 13]);
    assert.equal(selection.isEmpty, true);
  });

  it("opens on the first character of code when the column is not known", async () => {
    await goToSource({ url: shop.text.toString(), line: 5, column: 0 });
    const { selection } = vscode.window.activeTextEditor!;
    assert.deepEqual([selection.active.line, selection.active.character], [4, 4]);
  });

  it("opens at the end of a file that has become shorter", async () => {
    await goToSource({ url: shop.main.toString(), line: 400, column: 9 });
    const { selection, document } = vscode.window.activeTextEditor!;
    assert.equal(selection.active.line, document.lineCount - 1);
  });

  it("opens nothing for what has no file", async () => {
    assert.equal(await goToSource({ url: "node:fs", line: 3, column: 1 }), undefined);
    assert.equal(vscode.window.activeTextEditor, undefined);
  });
});
