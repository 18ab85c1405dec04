import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import * as vscode from "vscode";
import { registerCommand, UserError } from "../../../extension/commands.ts";
import { eventually } from "../../support/eventually.ts";
import { activateApp } from "./profile-fixture.ts";
import { WindowStub } from "./window-stub.ts";

describe("a command", () => {
  const window = new WindowStub();
  const logged: string[] = [];
  const say = (text: string) => logged.push(text);
  const log = { info: say, debug: say, error: say, show: () => say("shown") };
  const registered: vscode.Disposable[] = [];
  let errors: unknown[][];
  let answer: string | undefined;

  beforeEach(() => {
    logged.length = 0;
    answer = undefined;
    errors = window.answer("showErrorMessage", () => answer);
  });
  afterEach(() => {
    window.restore();
    for (const each of registered.splice(0)) each.dispose();
  });

  async function execute(
    run: (...args: unknown[]) => unknown,
    refuse?: () => string | undefined,
  ): Promise<unknown> {
    const id = `hangscope.test.${randomUUID()}` as const;
    registered.push(registerCommand(log as never, id, run, refuse ? { refuse } : {}));
    return vscode.commands.executeCommand(id, 1, 2);
  }

  it("gets its arguments and gives its result", async () => {
    assert.equal(await execute((a, b) => [a, b].join()), "1,2");
    assert.deepEqual(errors, []);
  });

  it("does not run when it makes no sense, and says why", async () => {
    const told = window.answer("showInformationMessage", () => undefined);
    let ran = false;
    await execute(
      () => {
        ran = true;
      },
      () => "Not now.",
    );
    assert.equal(ran, false);
    assert.deepEqual(told, [["Not now."]]);
  });

  it("shows what the user can mend as it is", async () => {
    await execute(() => Promise.reject(new UserError("Open a folder first.")));
    assert.deepEqual(errors, [["Open a folder first."]]);
    assert.match(logged.join("\n"), /UserError: Open a folder first/);
  });

  it("offers the command that mends it", async () => {
    answer = "Mend";
    let mended = false;
    registered.push(
      registerCommand(log as never, "hangscope.test.mend", () => {
        mended = true;
      }),
    );
    const remedy = { title: "Mend", command: "hangscope.test.mend" };
    await execute(() => Promise.reject(new UserError("It is broken.", remedy)));
    assert.deepEqual(errors, [["It is broken.", "Mend"]]);
    await eventually(() => assert.ok(mended));
  });

  it("shows a defect with a way to the log", async () => {
    answer = "Show Log";
    await execute(() => Promise.reject(new TypeError("x is undefined")));
    assert.deepEqual(errors, [["x is undefined", "Show Log"]]);
    await new Promise((resolve) => setTimeout(resolve));
    assert.equal(logged.at(-1), "shown");
  });

  for (const [kind, error] of [
    ["VS Code's", new vscode.CancellationError()],
    ["an aborted signal's", AbortSignal.abort().reason as Error],
  ] as const) {
    it(`says nothing of ${kind} cancellation`, async () => {
      await execute(() => Promise.reject(error));
      assert.deepEqual(errors, []);
    });
  }
});

describe("the manifest", () => {
  const manifest = () =>
    vscode.extensions.getExtension("hangscope.hangscope")!.packageJSON.contributes;

  it("hides nothing but commands that need a row of a view", async () => {
    await activateApp();
    const hidden = manifest()
      .menus.commandPalette.filter(({ when }: { when: string }) => when === "false")
      .map(({ command }: { command: string }) => command);
    assert.deepEqual(
      hidden.filter((id: string) => !/^hangscope\.(?:captures|runners)\./.test(id)),
      [],
    );
  });

  it("has a default and a description for every setting", () => {
    const settings = manifest().configuration.flatMap(({ properties }: { properties: object }) =>
      Object.entries(properties),
    );
    assert.ok(settings.length >= 9);
    for (const [name, setting] of settings) {
      assert.notEqual(setting.default, undefined, name);
      // VS Code puts the texts of package.nls.json in.
      assert.match(setting.markdownDescription, /^[A-Z].*\.$/, name);
    }
  });

  it("binds keys that VS Code leaves free, on every system", async () => {
    const keyOf: Record<string, string> = { linux: "key", win32: "key", darwin: "mac" };
    const bindings: Record<string, string>[] = manifest().keybindings;
    assert.ok(bindings.length >= 2);
    const uri = vscode.Uri.parse("vscode://defaultsettings/keybindings.json");
    const text = (await vscode.workspace.openTextDocument(uri)).getText();
    const entries: { key: string; command: string }[] = JSON.parse(
      text.slice(0, text.lastIndexOf("]") + 1).replace(/^\s*\/\/.*$/gm, ""),
    );
    assert.ok(entries.length > 500, "VS Code tells its own key bindings");
    const others = entries.filter(({ command }) => !command.startsWith("hangscope."));
    const taken = new Set(others.flatMap(({ key }) => firstChords(key)));
    assert.ok(taken.has(normalize("ctrl+shift+p")));
    for (const binding of bindings) {
      for (const platform of Object.keys(keyOf)) {
        const key = binding[keyOf[platform]!] ?? binding["key"]!;
        // This window knows one system's keys; on the others Command stands for Control.
        for (const spelling of [key, key.replace("cmd", "ctrl"), key.replace("ctrl", "cmd")]) {
          const isTaken = taken.has(normalize(spelling));
          assert.equal(isTaken, false, `${binding["command"]}: ${key} on ${platform}`);
        }
      }
    }
  });
});

/** A chord that begins with our key would wait for its second half. */
function firstChords(key: string): string[] {
  return [normalize(key), normalize(key.split(" ")[0]!)];
}

function normalize(key: string): string {
  const sorted = (chord: string) => chord.toLowerCase().split("+").sort().join("+");
  return key.split(" ").map(sorted).join(" ");
}
