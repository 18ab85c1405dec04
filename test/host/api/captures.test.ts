import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import { capturesTree, type Row } from "../../../extension/capture/captures-tree.ts";
import { captureActions } from "../../../extension/capture/captures-view.ts";
import { StoredCaptures } from "../../../extension/capture/stored-captures.ts";
import { createCapture } from "../../../src/capture/storage.ts";
import { WindowStub } from "./window-stub.ts";

describe("the list of captures", () => {
  const window = new WindowStub();
  const opened: string[] = [];
  let folder: string;
  let captures: StoredCaptures;
  let provider: vscode.TreeDataProvider<Row>;
  let actions: ReturnType<typeof captureActions>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "hangscope-captures-"));
    captures = new StoredCaptures({ storageUri: vscode.Uri.file(folder) } as never);
    opened.length = 0;
    provider = capturesTree(captures);
    actions = captureActions(captures, {
      open: async (uri) => void opened.push(uri.fsPath),
    });
  });
  afterEach(async () => {
    window.restore();
    captures.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  async function capture(
    title: string,
    startedAt: string,
    { seconds = 5, files = ["a-v8.log"], ended = true } = {},
  ): Promise<string> {
    const { id, directory } = await createCapture(captures.directory.fsPath, {
      title,
      command: `node ${title}.js`,
      sampler: "prof",
      node: { version: "24.1.0", path: "/usr/bin/node" },
      startedAt,
      ...(ended && { endedAt: new Date(Date.parse(startedAt) + seconds * 1000).toISOString() }),
      recorder: process.pid,
      profiles: files.map((file, index) => ({ file, title: file, pid: 100 + index })),
    });
    for (const file of files) await writeFile(join(directory, file), "x".repeat(700_000));
    return id;
  }

  const rows = async (parent?: Row) => (await provider.getChildren(parent)) ?? [];
  const item = async (row: Row | undefined) => provider.getTreeItem(row!);

  it("is empty without a folder", async () => {
    assert.deepEqual(await rows(), []);
  });

  it("shows the newest first, with when, how long and how large", async () => {
    await capture("older", "2025-03-04T10:00:00.000Z", { seconds: 150 });
    await capture("newer", new Date().toISOString());
    const items = await Promise.all((await rows()).map(item));
    assert.deepEqual(
      items.map(({ label }) => label),
      ["newer", "older"],
    );
    assert.match(String(items[0]!.description), /^\d{1,2}:\d\d.* · 5 s · 0\.7 MB$/);
    assert.match(String(items[1]!.description), /2025 · 3 min · 0\.7 MB$/);
    assert.equal(items[0]!.contextValue, "capture");
    assert.match(items[0]!.accessibilityInformation!.label, /^newer, /);
  });

  it("shows one under way, which cannot be opened yet", async () => {
    await capture("now", new Date().toISOString(), { ended: false, files: [] });
    const [row] = await rows();
    const { contextValue, description } = await item(row);
    assert.deepEqual([contextValue, description], ["recording", "recording"]);
    await assert.rejects(actions.open(row), /still being recorded/);
  });

  it("lists the processes of a capture below it, and opens each", async () => {
    await capture("many", "2025-03-04T10:00:00.000Z", { files: ["a-v8.log", "b-v8.log"] });
    const [row] = await rows();
    const children = await rows(row);
    assert.equal(children.length, 2);
    assert.equal((await item(children[1])).description, "process 101");
    await actions.open(row);
    await actions.open(children[1]);
    assert.deepEqual(
      opened.map((path) => path.slice(-8)),
      ["a-v8.log", "b-v8.log"],
    );
  });

  it("renames", async () => {
    await capture("old name", "2025-03-04T10:00:00.000Z");
    let changes = 0;
    captures.onDidChange(() => changes++);
    const asked = window.answer("showInputBox", () => "  new name ");
    await actions.rename((await rows())[0]);
    assert.equal((asked[0]![0] as vscode.InputBoxOptions).value, "old name");
    assert.equal((await captures.list())[0]!.title, "new name");
    assert.equal(changes, 1);
  });

  it("deletes only after a yes", async () => {
    await capture("gone", "2025-03-04T10:00:00.000Z");
    const [row] = await rows();
    const asked = window.answer("showWarningMessage", () => undefined);
    await actions.delete(row);
    assert.equal((await captures.list()).length, 1);
    assert.equal((asked[0]![1] as vscode.MessageOptions).modal, true);
    window.answer("showWarningMessage", () => "Delete");
    await actions.delete(row);
    assert.deepEqual(await captures.list(), []);
  });

  it("makes room for new captures; the newest stays", async () => {
    const settings = vscode.workspace.getConfiguration("hangscope");
    for (const minute of [1, 2, 3]) await capture(`${minute}`, `2025-03-04T10:0${minute}:00.000Z`);
    const [newest] = await captures.list();
    await writeFile(join(newest!.directory, "large"), Buffer.alloc(64 * 1024 * 1024));
    await settings.update("capture.maxSize", 64);
    try {
      await captures.prune();
      assert.deepEqual(
        (await captures.list()).map(({ title }) => title),
        ["3"],
      );
    } finally {
      await settings.update("capture.maxSize", undefined);
    }
  });

  it("asks for a row when a command comes without one", async () => {
    await assert.rejects(actions.open(), /Choose a capture/);
  });
});
