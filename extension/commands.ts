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
 * A failure with a sentence for the user that says what to do next: shown as it is.
 * Any other error is shown with a way to the log.
 */
export class UserError extends Error {
  override readonly name = "UserError";
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
  if (isForUser(failure)) void vscode.window.showErrorMessage(failure.message);
  else void offerLog(log, failure.message);
}

async function offerLog(log: vscode.LogOutputChannel, message: string): Promise<void> {
  const showLog = vscode.l10n.t("Show Log");
  const choice = await vscode.window.showErrorMessage(message, showLog);
  if (choice === showLog) log.show();
}

/** These carry a sentence that says what to do: ours, and those of tools and captures. */
const errorsForUser = new Set(["UserError", "ToolError", "CaptureError", "FormatError"]);

function isForUser(error: Error): boolean {
  return errorsForUser.has(error.name);
}

export function isCancellation(error: unknown): boolean {
  return (
    error instanceof vscode.CancellationError ||
    (error instanceof Error && (error.name === "AbortError" || error.name === "Canceled"))
  );
}
