/**
 * Where VS Code enters: builds the App and lets every room register itself. Nothing is read,
 * started or waited for here; a room does its work when it is first asked.
 */
import * as vscode from "vscode";
import type { App } from "./app.ts";
import { registerArtifacts } from "./artifacts/register.ts";
import { registerBrowser } from "./browser/register.ts";
import { CaptureRecorder } from "./capture/recorder.ts";
import { registerCapture } from "./capture/register.ts";
import { StoredCaptures } from "./capture/stored-captures.ts";
import { registerCode } from "./code/register.ts";
import { reportFailure } from "./commands.ts";
import { registerProblems } from "./problems/register.ts";
import { LastProfile } from "./profile/active-profile.ts";
import { ActiveFindings } from "./profile/findings.ts";
import { OpenedProfiles } from "./profile/opened-profiles.ts";
import { ProfileViews } from "./profile/profile-views.ts";
import { registerProfile } from "./profile/register.ts";
import { RunnerPreparations } from "./runner/preparations.ts";
import { registerRunner } from "./runner/register.ts";
import { RunnerLog } from "./runner/runner-log.ts";
import { RunnersView } from "./runner/runners-view.ts";
import { registerServer } from "./server/register.ts";
import { WorkspaceServer } from "./server/workspace-server.ts";

/** Gives the App: what tests look at and drive. */
export function activate(context: vscode.ExtensionContext): App {
  const log = vscode.window.createOutputChannel("Hangscope", { log: true });
  const server = new WorkspaceServer(context, log);
  const captures = new StoredCaptures(context);
  const recorder = new CaptureRecorder(server, captures, context.workspaceState, (error) =>
    reportFailure(log, "stop profiling", error),
  );
  const watcher = new CaptureRecorder(
    server,
    captures,
    context.workspaceState,
    (error) => reportFailure(log, "stop watching", error),
    "watch",
  );
  const profiles = new OpenedProfiles(server, log);
  const views = new ProfileViews();
  const active = new LastProfile(profiles, views);
  const findings = new ActiveFindings(active, log);
  const runnerLog = new RunnerLog();
  const preparations = new RunnerPreparations(server, context, runnerLog);
  const runners = new RunnersView({ server, preparations, memory: context.workspaceState, log });
  const app: App = { context, log, server, active, captures, recorder, watcher, runners };
  context.subscriptions.push(
    log,
    server,
    captures,
    recorder,
    watcher,
    profiles,
    views,
    active,
    findings,
    runnerLog,
    preparations,
    runners,
    registerServer(app),
    registerCapture(app, { recorder, watcher, captures }),
    registerArtifacts(app),
    registerBrowser(app),
    registerProfile(app, { profiles, views, findings }),
    registerCode(app, findings),
    registerProblems(findings),
    registerRunner(app, { preparations, runners, runnerLog }),
  );
  return app;
}
