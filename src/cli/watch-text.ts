/** What `hangscope run --watch` says: at once when a program hangs, and at the end. */
import type { CapturedHang } from "../capture/session-watch.ts";

export function hangNotice({ pid, verdict, report }: CapturedHang): string {
  return `hangscope: process ${pid} hangs. ${verdict}\n  ${report}`;
}

export function watchSummary(hangs: readonly CapturedHang[]): string {
  if (hangs.length === 0) return "hangscope: no hang was noticed.";
  const places = hangs.map(({ stuckIn }) => {
    if (!stuckIn) return "in what could not be named";
    const { name, file, line } = stuckIn;
    return file === "" ? `in ${name}` : `in ${name} (${file}${line > 0 ? `:${line}` : ""})`;
  });
  const count = hangs.length === 1 ? "1 hang" : `${hangs.length} hangs`;
  return `hangscope: ${count} captured, ${[...new Set(places)].join(", ")}.`;
}
