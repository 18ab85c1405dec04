import assert from "node:assert/strict";
import * as vscode from "vscode";

describe("activation", () => {
  it("finds the extension and activates it", async () => {
    const extension = vscode.extensions.getExtension("hangscope.hangscope");
    assert.ok(extension, "the extension is not loaded");
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it("registers every command of the manifest", async () => {
    const extension = vscode.extensions.getExtension("hangscope.hangscope");
    const declared: { command: string }[] = extension?.packageJSON.contributes.commands;
    await extension?.activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = declared.map(({ command }) => command).filter((id) => !registered.has(id));
    assert.deepEqual(missing, []);
  });
});
