import assert from "node:assert/strict";
import { chmod, mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import * as vscode from "vscode";
import { selectNode } from "../../../extension/capture/node-choice.ts";
import { pickTarget, type TargetItem } from "../../../extension/capture/pick-target.ts";
import type { Plan } from "../../../extension/capture/recorder.ts";
import { programFile } from "../../../extension/capture/targets/current-file.ts";
import { noticeV8Logs } from "../../../extension/capture/v8-log-text.ts";
import { eventually } from "../../support/eventually.ts";
import { activateApp, closeEverything, write } from "./profile-fixture.ts";
import { WindowStub } from "./window-stub.ts";

const { Separator } = vscode.QuickPickItemKind;

function memento(): vscode.Memento {
  const values = new Map<string, unknown>();
  return {
    keys: () => [...values.keys()],
    get: (key: string, otherwise?: unknown) => values.get(key) ?? otherwise,
    update: async (key: string, value: unknown) => void values.set(key, value),
  } as vscode.Memento;
}

/** Nothing of V8's needs one to be picked. */
const noServer = {
  call: () => Promise.reject(new Error("Nobody was to be asked.")),
};

describe("the choice of a target", () => {
  const folder = vscode.workspace.workspaceFolders![0]!;
  const file = (path: string) => vscode.Uri.joinPath(folder.uri, "pick", path);
  const window = new WindowStub();
  let memory: vscode.Memento;

  before(async () => {
    await write(file("app.ts"), "export {};");
    await write(file("plain.mjs"), "");
    await write(file("view.tsx"), "");
    await write(file("notes.md"), "");
    await write(file("package.json"), JSON.stringify({ scripts: { bench: "node plain.mjs" } }));
    await write(file("pnpm-lock.yaml"), "");
    const launch = {
      configurations: [
        { name: "Serve", type: "node", request: "launch", program: "x.js" },
        { name: "Attach", type: "node", request: "attach", port: 9333 },
        { name: "Pick", type: "node", request: "attach", processId: "x" },
        { name: "Python", type: "debugpy", request: "launch" },
      ],
    };
    await write(
      vscode.Uri.joinPath(folder.uri, ".vscode", "launch.json"),
      JSON.stringify({ version: "0.2.0", ...launch }),
    );
    await eventually(() => {
      const settings = vscode.workspace.getConfiguration("launch", folder.uri);
      assert.equal(settings.get<unknown[]>("configurations")?.length, 4);
    });
  });
  beforeEach(() => {
    memory = memento();
  });
  afterEach(() => window.restore());
  after(closeEverything);

  /** The rows as they would be shown; the one with the label is chosen. */
  async function pick(
    uri: vscode.Uri | undefined,
    label?: string,
  ): Promise<{ rows: TargetItem[]; plan: Plan | undefined }> {
    let rows: TargetItem[] = [];
    window.answer("showQuickPick", async (items: Promise<TargetItem[]>) => {
      rows = await items;
      return rows.find((row) => label !== undefined && row.label.endsWith(label));
    });
    const plan = await pickTarget(memory, noServer, uri);
    return { rows, plan };
  }

  const labels = (rows: TargetItem[]) =>
    rows.map(({ label, kind }) => (kind === Separator ? `— ${label}` : label));

  it("begins with the current file, then scripts, configurations and the rest", async () => {
    const { rows, plan } = await pick(file("plain.mjs"));
    assert.equal(plan, undefined);
    const shown = labels(rows);
    const order = [
      "— current file",
      "$(file-code) pick/plain.mjs",
      "— npm scripts",
      "$(json) bench",
      "— launch configurations",
      "$(debug-alt) Serve",
      "$(debug-alt) Attach",
      "— more",
      "$(tasklist) Task…",
      "$(server-process) Running Node.js Process…",
      "$(plug) Inspector Address…",
    ];
    assert.deepEqual(
      shown.filter((label) => order.includes(label)),
      order,
    );
    assert.ok(!shown.some((label) => /Python|Pick/.test(label)));
  });

  it("shows which Node profiles", async () => {
    const { rows } = await pick(undefined);
    assert.match(rows.at(-1)!.label, /^\$\(settings-gear\) Node\.js \d+\.\d+\.\d+ \(.+\)$/);
  });

  it("runs JavaScript in its workspace folder", async () => {
    const { plan } = await pick(file("plain.mjs"), "plain.mjs");
    const argv = ["node", file("plain.mjs").fsPath];
    assert.deepEqual(plan, {
      title: "pick/plain.mjs",
      target: { kind: "command", argv, cwd: folder.uri.fsPath },
    });
  });

  it("runs TypeScript the ways that its Node and its project can", () => {
    const ways = (path: string, version: string) =>
      programFile(file(path), { path: undefined, version, text: "" }).map(
        ({ description }) => description,
      );
    const stripped = "run by Node.js, types stripped";
    assert.deepEqual(ways("app.ts", "24.1.0"), [stripped]);
    assert.match(ways("app.ts", "20.9.0")[0]!, /^needs Node\.js 22\.18/);
    assert.deepEqual(ways("view.tsx", "24.1.0"), ["needs tsx in this project"]);
  });

  it("runs TypeScript by the project's tsx too", async () => {
    const tsx = vscode.Uri.joinPath(folder.uri, "node_modules", "tsx");
    await write(vscode.Uri.joinPath(tsx, "package.json"), JSON.stringify({ main: "main.js" }));
    await write(vscode.Uri.joinPath(tsx, "main.js"), "");
    try {
      const choice = { path: undefined, version: "24.1.0", text: "" };
      const items = programFile(file("app.ts"), choice);
      assert.deepEqual(
        items.map(({ description }) => description),
        ["run by Node.js, types stripped", "run by tsx"],
      );
      const plan = await items[1]!.plan!();
      assert.ok(plan?.target.kind === "command");
      assert.deepEqual(plan.target.argv, ["node", "--import", "tsx", file("app.ts").fsPath]);
    } finally {
      await vscode.workspace.fs.delete(tsx, { recursive: true });
    }
  });

  it("offers no file that is no program", async () => {
    const { rows } = await pick(file("notes.md"));
    assert.ok(!labels(rows).includes("— current file"));
  });

  it("runs a script of the file's own package with its package manager", async () => {
    const { plan } = await pick(file("plain.mjs"), "bench");
    const manager = process.platform === "win32" ? "pnpm.cmd" : "pnpm";
    assert.deepEqual(plan, {
      title: "pnpm run bench",
      target: { kind: "command", argv: [manager, "run", "bench"], cwd: file(".").fsPath },
    });
  });

  it("attaches where a configuration does", async () => {
    const { plan } = await pick(undefined, "Attach");
    const target = { kind: "inspector", address: "127.0.0.1:9333" };
    assert.deepEqual(plan, { title: "Attach", target });
  });

  it("offers first what was chosen last", async () => {
    await pick(file("plain.mjs"), "Serve");
    const shown = labels((await pick(file("plain.mjs"))).rows);
    assert.deepEqual(shown.slice(0, 2), ["— profiled last", "$(debug-alt) Serve"]);
    assert.equal(shown.filter((label) => label.endsWith("Serve")).length, 1);
  });

  it("saves the file before it runs", async () => {
    const document = await vscode.workspace.openTextDocument(file("plain.mjs"));
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), "0;");
    await vscode.workspace.applyEdit(edit);
    assert.equal(document.isDirty, true);
    await pick(document.uri, "plain.mjs");
    assert.equal(document.isDirty, false);
  });

  it("takes the Node that is selected", async function () {
    if (process.platform === "win32") this.skip();
    const node = file("node_modules/node/bin/node").fsPath;
    await mkdir(dirname(node), { recursive: true });
    await write(vscode.Uri.file(node), `#!/bin/sh\nexec '${process.execPath}' "$@"\n`);
    await chmod(node, 0o755);
    const settings = () => vscode.workspace.getConfiguration("hangscope");
    window.answer("showQuickPick", async (items: Promise<vscode.QuickPickItem[]>) =>
      (await items).find(({ label }) => label.includes("Browse")),
    );
    window.answer("showOpenDialog", () => [vscode.Uri.file(node)]);
    await selectNode();
    try {
      assert.equal(settings().inspect("node.path")?.workspaceValue, undefined);
      assert.equal(settings().get("node.path"), node);
      const { plan, rows } = await pick(file("plain.mjs"), "plain.mjs");
      assert.ok(plan?.target.kind === "command");
      assert.equal(plan.target.node, node);
      assert.match(rows.at(-1)!.label, /Node\.js \d+/);
    } finally {
      await settings().update("node.path", undefined, vscode.ConfigurationTarget.Global);
    }
  });
});

describe("a V8 log opened as text", () => {
  const window = new WindowStub();
  const folder = vscode.workspace.workspaceFolders![0]!.uri;
  afterEach(() => window.restore());
  after(closeEverything);

  it("is offered as a profile, once", async () => {
    const { context } = await activateApp();
    // Ours, not the extension's own, is to ask.
    await context.globalState.update("offeredTextAsProfile", true);
    const memory = memento();
    const opened: string[] = [];
    const asked = window.answer("showInformationMessage", () => "Open as Profile");
    const active = { open: async (uri: vscode.Uri) => void opened.push(uri.path) };
    const notice = noticeV8Logs(active as never, memory);
    try {
      for (const [name, text] of [
        ["other.log", "hello\n"],
        ["trace.log", "v8-version,13,6,1,0,0\n"],
        ["trace2.log", "v8-version,13,6,1,0,0\n"],
      ] as const) {
        const uri = vscode.Uri.joinPath(folder, name);
        await write(uri, text);
        await vscode.window.showTextDocument(uri);
      }
      await eventually(() => assert.equal(opened.length, 1));
      assert.match(opened[0]!, /trace\.log$/);
      assert.equal(asked.length, 1);
    } finally {
      notice.dispose();
    }
  });
});
