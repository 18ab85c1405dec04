/** Captures that are kept in a store, and found there again. */
import assert from "node:assert/strict";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import type { App } from "../../../extension/app.ts";
import { artifactRows } from "../../../extension/artifacts/artifact-rows.ts";
import { keepEvidence } from "../../../extension/artifacts/keep-evidence.ts";
import type { Capture } from "../../../extension/capture/stored-captures.ts";
import { type ArtifactKind, artifactKey } from "../../../src/artifacts/key.ts";
import { createCapture, listCaptures, writeRecord } from "../../../src/capture/storage.ts";
import { formatBytes } from "../../../src/results/format-bytes.ts";
import { eventually } from "../../support/eventually.ts";
import { activateApp, closeEverything, writeShop } from "./profile-fixture.ts";
import { WindowStub } from "./window-stub.ts";

describe("artifacts", () => {
  const window = new WindowStub();
  const settings = () => vscode.workspace.getConfiguration("hangscope");
  let app: App;
  let store: string;
  let capture: Capture;

  before(async () => {
    app = await activateApp();
    store = await mkdtemp(join(tmpdir(), "hangscope-store-"));
    await useStore(store);
    const { profile } = await writeShop("artifacts");
    const root = app.captures.directory.fsPath;
    const now = new Date().toISOString();
    const record = {
      title: "shop",
      command: "node shop.js",
      sampler: "cpu-prof" as const,
      startedAt: now,
      endedAt: now,
      recorder: process.pid,
      profiles: [{ file: "shop.cpuprofile", title: "shop", pid: 7 }],
    };
    const { id, directory } = await createCapture(root, record);
    const file = vscode.Uri.file(join(directory, "shop.cpuprofile"));
    await vscode.workspace.fs.copy(profile, file);
    await writeRecord(directory, record);
    capture = { ...record, id, directory, bytes: 1, underWay: false };
  });
  afterEach(() => window.restore());
  after(async () => {
    await useStore(undefined);
    await closeEverything();
    await rm(store, { recursive: true, force: true });
  });

  function useStore(place: string | undefined): Thenable<void> {
    return settings().update("artifacts.store", place, vscode.ConfigurationTarget.Global);
  }

  it("are none at first, which is said with the store's place and the way to its setting", async () => {
    const told = window.answer("showErrorMessage", () => undefined);
    await vscode.commands.executeCommand("hangscope.openArtifact");
    await eventually(() => assert.equal(told.length, 1));
    assert.match(
      told[0]![0] as string,
      /^Nothing that can be opened is kept in .*hangscope-store-/,
    );
    assert.equal(told[0]![1], "Open Settings");
  });

  it("are made of a capture in its menu, and open from the list", async () => {
    const told = window.answer("showInformationMessage", () => "Open Artifact…");
    const { size: bytes } = await stat(join(capture.directory, "shop.cpuprofile"));
    let rows: vscode.QuickPickItem[] = [];
    window.answer("showQuickPick", (items: vscode.QuickPickItem[]) => {
      rows = items;
      return items[0];
    });
    await vscode.commands.executeCommand("hangscope.captures.keep", capture);
    assert.equal(told[0]![0], `shop is kept (${formatBytes(bytes)}).`);
    await eventually(() => assert.ok(app.active.current));
    assert.equal(rows.length, 1);
    assert.match(rows[0]!.label, /\$\(flame\) \S+ · shop$/);
    assert.match(rows[0]!.description!, /^CPU profile · \d+ k?B · now$/);
    const { uri } = app.active.current!;
    assert.match(uri.fsPath, /artifact\.cpuprofile$/);
    const captures = await listCaptures(app.captures.directory.fsPath);
    const opened = captures.find(({ directory }) => uri.fsPath.startsWith(directory));
    assert.match(opened!.title, / · shop$/);
    assert.equal(opened!.endedAt !== undefined, true);
  });

  it("are listed newest first: what can be opened, and its origin in words", () => {
    const now = Date.parse("2026-11-21T12:00:00Z");
    const origin = { env: "ci", project: "shop", job: "4711", target: "linux 2", seq: "0" };
    const kept = (kind: ArtifactKind, step: string, minutes: number) => {
      const time = now - minutes * 60_000;
      const key = artifactKey({ ...origin, kind, step, time });
      return { key, kind, bytes: 307, time, pinned: kind === "hang" };
    };
    const rows = artifactRows(
      [
        { key: "notes.txt", bytes: 1, time: 0, pinned: false },
        { ...kept("v8log", "", 120), key: "web-1/isolate-0x1-v8.log" },
        kept("hang", "node search.js", 90),
        kept("heapprofile", "heap", 80),
        kept("runner", "runner", 70),
        kept("cpuprofile", "checkout", 2),
      ],
      now,
    );
    assert.deepEqual(
      rows.map(({ label, description, detail }) => [label, description, detail]),
      [
        ["$(flame) shop · checkout", "CPU profile · 307 B · 2 min. ago", "ci / 4711 / linux 2"],
        [
          "$(warning) shop · node search.js",
          "hang · 307 B · 1 hr. ago · pinned",
          "ci / 4711 / linux 2",
        ],
        ["$(flame) web-1/isolate-0x1-v8.log", "V8 log · 307 B · 2 hr. ago", ""],
      ],
    );
  });

  it("are made of a capture by itself only where that is asked for, and never in its way", async () => {
    const told = window.answer("showWarningMessage", () => undefined);
    const path = join(capture.directory, "shop.cpuprofile");
    keepEvidence(app, [path], "unasked");
    await settings().update("artifacts.keepCaptures", true, vscode.ConfigurationTarget.Global);
    try {
      keepEvidence(app, [path, join(capture.directory, "gone.cpuprofile")], "asked");
      await eventually(() => assert.match(String(told[0]?.[0]), /was not kept.*gone\.cpuprofile/));
      const { artifacts } = await app.server.call("artifacts.list", { store });
      const steps = artifacts.map(({ key }) => key.split("/").at(-2));
      assert.deepEqual(steps.sort(), ["asked", "shop"]);
    } finally {
      await settings().update(
        "artifacts.keepCaptures",
        undefined,
        vscode.ConfigurationTarget.Global,
      );
    }
  });

  it("are asked for without a row in vain", async () => {
    const told = window.answer("showErrorMessage", () => undefined);
    await vscode.commands.executeCommand("hangscope.captures.keep");
    await eventually(() => assert.match(String(told[0]?.[0]), /^Choose a capture/));
  });

  it("leave no capture behind that cannot be fetched", async () => {
    const before = await listCaptures(app.captures.directory.fsPath);
    window.answer("showQuickPick", async (items: vscode.QuickPickItem[]) => {
      await rm(store, { recursive: true, force: true });
      return items[0];
    });
    const told = window.answer("showErrorMessage", () => undefined);
    await vscode.commands.executeCommand("hangscope.openArtifact");
    await eventually(() => assert.equal(told.length, 1));
    assert.equal((await listCaptures(app.captures.directory.fsPath)).length, before.length);
  });
});
