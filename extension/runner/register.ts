/** The runner room's commands, tasks and view. */
import * as vscode from "vscode";
import type { App } from "../app.ts";
import { registerCommand } from "../commands.ts";
import { cacheActions } from "./cache-actions.ts";
import type { RunnerPreparations } from "./preparations.ts";
import { prepareRunner } from "./prepare-command.ts";
import type { RunnerLog } from "./runner-log.ts";
import type { Row } from "./runners-tree.ts";
import type { RunnersView } from "./runners-view.ts";
import { stopRunner } from "./stop-command.ts";
import { registerTasks } from "./tasks.ts";

export function registerRunner(
  app: Pick<App, "context" | "log" | "server">,
  {
    preparations,
    runners,
    runnerLog,
  }: {
    readonly preparations: RunnerPreparations;
    readonly runners: RunnersView;
    readonly runnerLog: RunnerLog;
  },
): vscode.Disposable {
  const { log, server } = app;
  const prepare = (clean: boolean) => (row?: Row) =>
    prepareRunner(app, preparations, choiceOf(row), clean);
  const actions = Object.entries(cacheActions(server, () => runners.refresh()));
  return vscode.Disposable.from(
    registerTasks(preparations),
    registerCommand(log, "hangscope.prepareRunner", prepare(false)),
    registerCommand(log, "hangscope.prepareRunnerClean", prepare(true)),
    registerCommand(log, "hangscope.stopRunner", (row?: Row) => stopRunner(server, choiceOf(row))),
    registerCommand(log, "hangscope.showRunnerLog", () => runnerLog.show()),
    registerCommand(log, "hangscope.runners.refresh", () => runners.refresh()),
    ...actions.map(([name, run]) => registerCommand(log, `hangscope.runners.${name}`, run)),
  );
}

function choiceOf(row: Row | undefined) {
  return row?.kind === "destination" ? row.choice : undefined;
}
