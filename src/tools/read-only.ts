/**
 * The tools whose calls change nothing, and may be repeated. Callers know them from here: a tool's
 * own module brings all that it runs on.
 */
import type { ToolName } from "./index.ts";

export const readOnlyTools: ReadonlySet<ToolName> = new Set<ToolName>([
  "apple.devices",
  "artifacts.list",
  "browser.list",
  "profile.open",
  "profile.query",
  "runner.prewarm",
  "runner.status",
]);
