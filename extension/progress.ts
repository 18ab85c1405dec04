/** Long work in the notification area: what is being done, how far it is, the log, and Cancel. */
import * as vscode from "vscode";
import type { Progress, TaskOptions } from "../src/toolchain/progress.ts";
import { clock } from "./server/state-text.ts";

/** Work that is done sooner shows nothing. */
const quietMs = 1_000;

export interface ProgressOptions {
  /** What shows the log of this work. */
  readonly log?: vscode.Command;
}

/** @throws whatever `work` throws; the signal's reason when the user cancelled. */
export async function withProgress<T>(
  title: string,
  work: (task: TaskOptions) => Promise<T>,
  {
    log = { title: vscode.l10n.t("log"), command: "hangscope.showServerLog" },
  }: ProgressOptions = {},
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
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `${title} ([${log.title}](command:${log.command}))`,
    cancellable: true,
  };
  await vscode.window.withProgress(options, async (progress, cancelled) => {
    cancelled.onCancellationRequested(() => abort.abort());
    let shown = 0;
    show = ({ message, done, total, unit }) => {
      // Time that passes is no part of the work done.
      if (unit === "ms") {
        progress.report({ message: done === undefined ? message : `${clock(done)} · ${message}` });
        return;
      }
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
