/** Long work in the notification area: what is being done, how far it is, the log, and Cancel. */
import * as vscode from "vscode";
import type { Progress, TaskOptions } from "../src/toolchain/progress.ts";

/** Work that is done sooner shows nothing. */
const quietMs = 1_000;

/** @throws whatever `work` throws; the signal's reason when the user cancelled. */
export async function withProgress<T>(
  title: string,
  work: (task: TaskOptions) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let latest: Progress | undefined;
  let show: ((progress: Progress) => void) | undefined;
  const result = work({
    signal: abort.signal,
    onProgress(progress) {
      latest = progress;
      show?.(progress);
    },
  });
  const settled = result.then(
    () => true,
    () => true,
  );
  if (await Promise.race([settled, delay(quietMs)])) return result;
  const log = vscode.l10n.t("log");
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `${title} ([${log}](command:hangscope.showServerLog))`,
    cancellable: true,
  };
  await vscode.window.withProgress(options, async (progress, cancelled) => {
    cancelled.onCancellationRequested(() => abort.abort());
    let shown = 0;
    show = ({ message, done, total }) => {
      const percent = done === undefined || !total ? shown : Math.round((done / total) * 100);
      progress.report({ message, increment: percent - shown });
      shown = percent;
    };
    if (latest) show(latest);
    await settled;
  });
  return result;
}

function delay(ms: number): Promise<false> {
  return new Promise((resolve) => setTimeout(resolve, ms, false));
}
