/** A Mac inside VS Code: stand-ins of Apple's tools on this extension host's PATH. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { scenarioVariable } from "../../toolchain/call.ts";
import { type AppleTools, type Scenario, withAppleTools } from "../../toolchain/scenario.ts";
import { activateApp } from "./profile-fixture.ts";

export interface Mac {
  readonly tools: AppleTools;
  /** A Swift file of the example's, in the workspace. */
  source(name: string): vscode.Uri;
  /** Another Mac for the calls to come, with the same sources. */
  become(scenario: Scenario): void;
  /** Runs something where there are no Apple tools. */
  without<T>(work: () => PromiseLike<T>): Promise<T>;
  remove(): Promise<void>;
}

/** A Mac has its tools on the usual PATH. */
const nowhere = "/nowhere";

/** @param name of a folder of the workspace, which receives the example's sources */
export async function openMac(name: string): Promise<Mac> {
  const { context, server } = await activateApp();
  const [workspace] = vscode.workspace.workspaceFolders ?? [];
  const sources = vscode.Uri.joinPath(workspace!.uri, name);
  cpSync(join(context.extensionPath, "examples", "stuck-ios"), sources.fsPath, { recursive: true });
  const complete = (scenario: Scenario): Scenario => ({
    ...scenario,
    times: { scale: 0.002, limitScale: 1, ...scenario.times },
    trace: { sourceRoot: sources.fsPath, ...scenario.trace },
  });
  const tools = withAppleTools(complete({}));
  const path = process.env["PATH"];
  // The server knows the scenario, and has another PATH than its callers: theirs is the one meant.
  process.env[scenarioVariable] = tools.env[scenarioVariable];
  await server.restart();
  process.env["PATH"] = tools.env["PATH"];
  return {
    tools,
    source: (file) => vscode.Uri.joinPath(sources, "Sources", "StuckApp", file),
    become: (scenario) => tools.change(complete(scenario)),
    async without(work) {
      process.env["PATH"] = nowhere;
      try {
        return await work();
      } finally {
        process.env["PATH"] = tools.env["PATH"];
      }
    },
    async remove() {
      process.env["PATH"] = path;
      delete process.env[scenarioVariable];
      await server.stop();
      tools.remove();
    },
  };
}
