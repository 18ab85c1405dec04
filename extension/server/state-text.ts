/** A server's state and its jobs in words. */
import * as vscode from "vscode";
import type { ServerJob, ServerState } from "../app.ts";

/** What the server does by now, as far as it is known. */
export function jobsOf(state: ServerState): readonly ServerJob[] {
  return "jobs" in state ? state.jobs : [];
}

export function describeState(
  state: ServerState,
  isTrusted: boolean = vscode.workspace.isTrusted,
): string {
  switch (state.kind) {
    case "stopped":
      return isTrusted
        ? vscode.l10n.t("ready to profile")
        : vscode.l10n.t("the server does not start in Restricted Mode");
    case "starting":
      return vscode.l10n.t("the server is starting");
    case "retiring":
      return vscode.l10n.t(
        "an older server finishes {0} before it is replaced",
        toolsOf(state.jobs),
      );
    case "ready":
      return vscode.l10n.t("the server is running");
    case "busy": {
      const seconds = secondsOf(state.silentMs);
      return vscode.l10n.t(
        "the server has been busy with {0} for {1} s",
        toolsOf(state.jobs),
        seconds,
      );
    }
    case "unresponsive":
      return vscode.l10n.t("the server is alive but does not answer");
    case "failed":
      return vscode.l10n.t("the server did not start: {0}", state.message);
  }
}

/** `v8.symbolize 12 s`: which job keeps a server busy, and for how long it has. */
export function describeBusy({ silentMs, jobs }: ServerState & { kind: "busy" }): string {
  const [first, ...others] = jobs;
  const more = others.length > 0 ? ` +${others.length}` : "";
  return `${first?.tool ?? ""}${more} ${vscode.l10n.t("{0} s", secondsOf(silentMs))}`.trim();
}

/** `v8.symbolize · 0:12 · Reading app-v8.log` */
export function describeJob(job: ServerJob): string {
  return `${job.tool} · ${describeProgress(job)}`;
}

/** `0:12 · Reading app-v8.log` */
export function describeProgress({ state, elapsedMs, message }: ServerJob): string {
  const doing = state === "waiting" ? vscode.l10n.t("waiting") : message;
  return doing === undefined ? clock(elapsedMs) : `${clock(elapsedMs)} · ${doing}`;
}

/** What a runner's preparation does now, whichever window, terminal or agent asked for it. */
export function preparationIn(state: ServerState): string | undefined {
  const job = jobsOf(state).find(({ tool }) => tool === "runner.prepare");
  // Before the colon stands the phase.
  return job && (job.message?.split(": ", 1)[0] ?? vscode.l10n.t("Preparing a runner"));
}

/** Minutes and seconds. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function toolsOf(jobs: readonly ServerJob[]): string {
  return jobs.map(({ tool }) => tool).join(", ") || vscode.l10n.t("its work");
}

function secondsOf(ms: number): number {
  return Math.round(ms / 1000);
}
