/** Captures a hang that the watchdog has noticed, and keeps what is worth it. */
import { dirname } from "node:path";
import type { CapturedHang, WatchedSession } from "../../capture/session-watch.ts";
import { captureHang } from "../capture-hang.ts";
import { keepHang } from "../keep-capture.ts";
import type { WatchServices } from "./hang-watch.ts";

/** Nobody waits for it, and what hangs does so anyway. */
const budgetMs = 30_000;

export type Noticed =
  | { readonly kind: "captured"; readonly hang: CapturedHang }
  /** It went on before it could be looked at. */
  | { readonly kind: "over" }
  /** A debugger holds it. */
  | { readonly kind: "held" };

/** @throws CaptureError as `captureHang` and `keepHang` do; the signal's reason when aborted. */
export async function captureUnresponsive(
  { pid, unresponsiveMs }: { readonly pid: number; readonly unresponsiveMs: number },
  { directory, workspaceFolders }: Pick<WatchedSession, "directory" | "workspaceFolders">,
  { profiles }: Pick<WatchServices, "profiles">,
  signal: AbortSignal,
): Promise<Noticed> {
  const startedAt = new Date().toISOString();
  const file = await captureHang({ kind: "process", pid }, { budgetMs, signal });
  if (file.steps.some(({ reason }) => reason === "paused-in-debugger")) return { kind: "held" };
  if (file.responsive) return { kind: "over" };
  const { report, path, markdown } = await keepHang(
    { ...file, unresponsiveMs: Math.round(unresponsiveMs) },
    { root: dirname(directory), name: `stuck-${pid}`, startedAt },
    {
      open: (opened, task) => profiles.open(opened, workspaceFolders, task),
      query: (...asked) => profiles.query(...asked),
    },
    { signal },
  );
  const { verdict, stuckIn, title, capturedAt } = report;
  const hang = {
    path,
    report: markdown,
    pid,
    title,
    verdict,
    ...(stuckIn && { stuckIn: { name: stuckIn.name, file: stuckIn.file, line: stuckIn.line } }),
    unresponsiveMs: Math.round(unresponsiveMs),
    capturedAt,
  };
  return { kind: "captured", hang };
}
