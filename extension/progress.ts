/** Long work in the notification area: what is being done, how far it is, and Cancel. */
import * as vscode from "vscode";
import type { TaskOptions } from "../src/toolchain/progress.ts";

/** Work that is done sooner shows nothing. */
const quietMs = 1_000;

/** @throws whatever `work` throws; the signal's reason when the user cancelled. */
export async function withProgress<T>(
  title: string,
  work: (task: TaskOptions) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  let told: ((message: string, share: number | undefined) => void) | undefined;
  const result = work({
    signal: abort.signal,
    onProgress: ({ message, done, total }) => {
      told?.(message, done !== undefined && total ? done / total : undefined);
    },
  });
  const settled = result.then(
    () => undefined,
    () => undefined,
  );
  const quick = await Promise.race([
    settled.then(() => true),
    new Promise<false>((resolve) => setTimeout(resolve, quietMs, false)),
  ]);
  if (quick) return result;
  const options = {
    location: vscode.ProgressLocation.Notification,
    title,
    cancellable: true,
  };
  await vscode.window.withProgress(options, async (progress, cancelled) => {
    cancelled.onCancellationRequested(() => abort.abort());
    let shown = 0;
    told = (message, share) => {
      const percent = share === undefined ? shown : Math.round(share * 100);
      progress.report({ message, increment: percent - shown });
      shown = percent;
    };
    await settled;
  });
  return result;
}
