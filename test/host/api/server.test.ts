import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { ServerState } from "../../../extension/app.ts";
import { appearance } from "../../../extension/server/status-bar.ts";
import { activateApp, closeEverything, eventually, writeShop } from "./profile-fixture.ts";

describe("the status bar", () => {
  const job = {
    id: "1",
    tool: "v8.symbolize",
    state: "running" as const,
    elapsedMs: 5_000,
    quietMs: 4_000,
  };
  const cases: [ServerState, string, RegExp, string | undefined][] = [
    [{ kind: "stopped" }, "$(flame)", /ready to profile/, undefined],
    [{ kind: "starting" }, "$(loading~spin)", /starting/, undefined],
    [
      { kind: "retiring", jobs: [job] },
      "$(loading~spin)",
      /older server.*v8\.symbolize/,
      undefined,
    ],
    [{ kind: "ready", jobs: [] }, "$(flame)", /running/, undefined],
    [
      { kind: "busy", silentMs: 4_200, jobs: [job], isStuck: false },
      "$(loading~spin)",
      /busy with v8\.symbolize for 4 s/,
      undefined,
    ],
    [
      { kind: "busy", silentMs: 200_000, jobs: [job], isStuck: true },
      "$(flame) $(warning)",
      /busy with v8\.symbolize for 200 s/,
      "warning",
    ],
    [{ kind: "unresponsive", isStuck: false }, "$(flame) $(warning)", /does not answer/, "warning"],
    [{ kind: "failed", message: "No room." }, "$(flame) $(error)", /No room\./, "error"],
  ];
  for (const [state, text, label, background] of cases) {
    it(`shows a server that is ${state.kind}`, () => {
      const shown = appearance(undefined, state);
      assert.equal(shown.text, text);
      assert.match(shown.label, label);
      assert.equal(shown.background, background);
      assert.equal(shown.command, "hangscope.showMenu");
    });
  }

  it("shows a recording before all else; a click stops it", () => {
    const startedAt = Date.now() - 65_300;
    const shown = appearance(
      { title: "npm run x", startedAt },
      { kind: "unresponsive", isStuck: false },
    );
    assert.equal(shown.text, "$(record) 1:05");
    assert.match(shown.label, /npm run x for 1:05/);
    assert.equal(shown.command, "hangscope.stopProfiling");
    assert.equal(shown.background, undefined);
  });
});

describe("the workspace's server", () => {
  after(closeEverything);

  it("starts with the first call, and tells its states", async () => {
    const { server } = await activateApp();
    const states: string[] = [];
    const listener = server.onDidChangeState(({ kind }) => states.push(kind));
    await server.restart();
    listener.dispose();
    assert.deepEqual(states.slice(-2), ["starting", "ready"]);
    assert.equal(server.state.kind, "ready");
  });

  it("is another one after a restart, and goes on serving", async () => {
    const { server } = await activateApp();
    const { profile } = await writeShop("server-restart");
    const { profileId } = await server.call("profile.open", { path: profile.fsPath });
    await vscode.commands.executeCommand("hangscope.restartServer");
    const query = { kind: "summary" } as const;
    await assert.rejects(server.call("profile.query", { profileId, query }), {
      code: "unknown-profile",
    });
    const again = await server.call("profile.open", { path: profile.fsPath });
    const summary = await server.call("profile.query", { profileId: again.profileId, query });
    assert.equal(summary.kind, "summary");
  });

  it("gives a call's failure with the tool's code and words", async () => {
    const { server } = await activateApp();
    await assert.rejects(server.call("profile.open", { path: "/nowhere/a-v8.log" }), {
      name: "ToolError",
      message: /a-v8\.log/,
    });
  });

  it("shows its log", async () => {
    await vscode.commands.executeCommand("hangscope.showServerLog");
    await eventually(() => {
      const document = vscode.window.activeTextEditor?.document;
      assert.match(document?.fileName ?? "", /server\.log$/);
      assert.match(document!.getText(), /ready: pid \d+/);
    });
  });
});
