/** A Mac inside VS Code with a runner's project in the workspace, and no runner left afterwards. */
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { basename, join } from "node:path";
import * as vscode from "vscode";
import { makeProject, scheme } from "../../server/runner/support/project.ts";
import { eventually } from "../../support/eventually.ts";
import type { Scenario } from "../../toolchain/scenario-types.ts";
import { type Mac, openMac } from "./mac-fixture.ts";
import { activateApp } from "./profile-fixture.ts";

export interface RunnerMac extends Mac {
  /** Of the project that the settings name. */
  readonly project: string;
  readonly cache: string;
  /** Lines of xcodebuild's calls with this action so far. */
  calls(action: string): number;
  /** Ends runners and forgets what was built. */
  reset(scenario?: Scenario): Promise<void>;
}

export async function openRunnerMac(name: string): Promise<RunnerMac> {
  const { server } = await activateApp();
  const mac = await openMac(name);
  const [workspace] = vscode.workspace.workspaceFolders ?? [];
  const project = makeProject(join(workspace!.uri.fsPath, name, "runner"));
  const cache = join(workspace!.uri.fsPath, name, "cache");
  await configure({ project, scheme, cacheDir: cache });
  return {
    ...mac,
    project,
    cache,
    calls: (action) =>
      mac.tools.calls("xcodebuild").filter(({ args }) => args[0] === action).length,
    async reset(scenario = {}) {
      await server.call("runner.stop", {});
      await eventually(() => assert.deepEqual(mac.tools.live(), []));
      rmSync(cache, { recursive: true, force: true });
      mac.become(scenario);
    },
    async remove() {
      await server.call("runner.stop", {});
      await configure({ project: undefined, scheme: undefined, cacheDir: undefined });
      await mac.remove();
    },
  };
}

export async function configure(settings: Readonly<Record<string, unknown>>): Promise<void> {
  const config = vscode.workspace.getConfiguration("hangscope.runner");
  for (const [name, value] of Object.entries(settings)) {
    await config.update(name, value, vscode.ConfigurationTarget.Global);
  }
}

/** Of builds, in the order of their files. */
export function buildProblems() {
  return vscode.languages
    .getDiagnostics()
    .flatMap(([uri, all]) => all.map((problem) => ({ uri, file: basename(uri.fsPath), problem })))
    .filter(({ problem }) => problem.source === "xcodebuild")
    .sort((a, b) => a.file.localeCompare(b.file));
}
