import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { App } from "../../../extension/app.ts";
import { eventually } from "../../support/eventually.ts";
import { activateApp, closeEverything, type Shop, writeShop } from "./profile-fixture.ts";

function problems(): [file: string, problem: vscode.Diagnostic][] {
  return vscode.languages
    .getDiagnostics()
    .flatMap(([uri, all]) =>
      all
        .filter(({ source }) => source === "Hangscope")
        .map((problem): [string, vscode.Diagnostic] => [uri.path.split("/").at(-1)!, problem]),
    )
    .sort(([, a], [, b]) => a.message.localeCompare(b.message));
}

const found = (count: number) =>
  eventually(() => {
    const all = problems();
    assert.equal(all.length, count, all.map(([, { message }]) => message).join("\n"));
    return all;
  });

describe("problems", () => {
  let app: App;
  let shop: Shop;

  before(async () => {
    app = await activateApp();
    shop = await writeShop("problems");
  });
  beforeEach(() => app.active.open(shop.profile));
  afterEach(async () => {
    for (const key of ["problems.enabled", "problems.threshold"]) {
      await vscode.workspace
        .getConfiguration("hangscope")
        .update(key, undefined, vscode.ConfigurationTarget.Global);
    }
    await closeEverything();
  });

  it("lists hot functions of files that exist, at their names", async () => {
    const all = await found(4);
    assert.deepEqual(
      all.map(([file, { message, severity, range }]) => [
        file,
        message,
        severity,
        [range.start.line + 1, range.start.character, range.end.line + 1, range.end.character],
      ]),
      [
        [
          "shape.ts",
          "area takes 10.0 % of all time (100 ms) in shop.cpuprofile, most in line 6",
          vscode.DiagnosticSeverity.Information,
          [5, 16, 5, 20],
        ],
        [
          "text.ts",
          "lineAt takes 65.0 % of all time (650 ms) in shop.cpuprofile, most in line 5",
          vscode.DiagnosticSeverity.Information,
          [2, 16, 2, 22],
        ],
        [
          "text.ts",
          "parse takes 10.0 % of all time (100 ms) in shop.cpuprofile, most in line 11",
          vscode.DiagnosticSeverity.Information,
          [10, 16, 10, 21],
        ],
        [
          "index.js",
          "sort takes 6.0 % of all time (60 ms) in shop.cpuprofile",
          vscode.DiagnosticSeverity.Information,
          [1, 16, 1, 20],
        ],
      ],
    );
  });

  it("names the callers where they stand", async () => {
    const all = await found(4);
    const callersOf = (name: string) =>
      all
        .find(([, { message }]) => message.startsWith(`${name} `))![1]
        .relatedInformation?.map(({ message, location }) => [
          message,
          location.uri.toString(),
          location.range.start.line + 1,
        ]);
    assert.deepEqual(callersOf("lineAt"), [
      ["called from parse, 650 ms", shop.text.toString(), 10],
    ]);
    assert.deepEqual(callersOf("sort"), [["called from main, 60 ms", shop.main.toString(), 3]]);
  });

  it("obeys the threshold, and the switch", async () => {
    await found(4);
    const config = vscode.workspace.getConfiguration("hangscope");
    await config.update("problems.threshold", 20, vscode.ConfigurationTarget.Global);
    await found(1);
    await config.update("problems.enabled", false, vscode.ConfigurationTarget.Global);
    await found(0);
  });

  it("goes with the results, and with another profile", async () => {
    await found(4);
    await vscode.commands.executeCommand("hangscope.clearResults");
    await found(0);
    const other = await writeShop("problems-other");
    await app.active.open(shop.profile);
    await found(4);
    await app.active.open(other.profile);
    await eventually(() => {
      const files = vscode.languages
        .getDiagnostics()
        .filter(([, all]) => all.some(({ source }) => source === "Hangscope"))
        .map(([uri]) => uri.path);
      assert.equal(files.length, 3);
      assert.ok(
        files.every((path) => path.includes("/problems-other/")),
        files.join("\n"),
      );
    });
  });
});
