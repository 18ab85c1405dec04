/** The one way a command is registered: checked, logged, its failure told once. */
import * as vscode from "vscode";

export interface CommandOptions {
  /**
   * Says why the command cannot run now, or nothing when it can. The same condition as its
   * `enablement` in the manifest, which key bindings and other extensions go round.
   */
  readonly refuse?: () => string | undefined;
}

/**
 * A failure with a sentence for the user that says what to do next: shown as it is, with a button
 * for that where a command does it. Any other error is shown with a way to the log.
 */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly remedy: vscode.Command | undefined;

  constructor(message: string, remedy?: vscode.Command) {
    super(message);
    this.remedy = remedy;
  }
}

export function registerCommand<Args extends readonly unknown[]>(
  log: vscode.LogOutputChannel,
  id: `hangscope.${string}`,
  run: (...args: Args) => unknown,
  { refuse }: CommandOptions = {},
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...args: unknown[]) => {
    const reason = refuse?.();
    if (reason !== undefined) {
      log.info(`${id}: refused: ${reason}`);
      void vscode.window.showInformationMessage(reason);
      return undefined;
    }
    log.debug(`${id}: started`);
    try {
      const result = await run(...(args as unknown as Args));
      log.debug(`${id}: done`);
      return result;
    } catch (error) {
      reportFailure(log, id, error);
      return undefined;
    }
  });
}

/** Logs a failure and shows it, unless it is the user's own cancellation. Does not wait. */
export function reportFailure(log: vscode.LogOutputChannel, doing: string, error: unknown): void {
  if (isCancellation(error)) {
    log.debug(`${doing}: cancelled`);
    return;
  }
  const failure = error instanceof Error ? error : new Error(String(error));
  log.error(`${doing}: ${failure.stack ?? failure.message}`);
  void show(failure, log);
}

async function show(failure: Error, log: vscode.LogOutputChannel): Promise<void> {
  const remedy = failure instanceof UserError ? failure.remedy : undefined;
  const button = remedy?.title ?? (tellsEnough(failure) ? undefined : vscode.l10n.t("Show Log"));
  if (button === undefined) {
    await vscode.window.showErrorMessage(failure.message);
    return;
  }
  if ((await vscode.window.showErrorMessage(failure.message, button)) !== button) return;
  if (remedy) await vscode.commands.executeCommand(remedy.command);
  else if (isOfServer(failure)) await vscode.commands.executeCommand("hangscope.showServerLog");
  else log.show();
}

/** Told by name: the classes stand in modules that load late. */
function tellsEnough(failure: Error & { code?: unknown }): boolean {
  if (failure.name === "ToolError") return failure.code !== "internal";
  return ["UserError", "CaptureError", "FormatError"].includes(failure.name);
}

function isOfServer({ name }: Error): boolean {
  return ["ToolError", "LaunchError", "ConnectionError", "UnresponsiveError"].includes(name);
}

export function isCancellation(error: unknown): boolean {
  return (
    error instanceof vscode.CancellationError ||
    (error instanceof Error && (error.name === "AbortError" || error.name === "Canceled"))
  );
}
