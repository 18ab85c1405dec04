/** The report of a hang as Markdown, to be sent or kept. Everything from the target is escaped. */
import { formatSamples } from "../../results/format.ts";
import { formatBytes } from "../../results/format-bytes.ts";
import type { HangReport, ReportFrame } from "./report.ts";
import { sandboxText } from "./sandbox-text.ts";

export function reportMarkdown(report: HangReport): string {
  const { verdict, title, browser, capturedAt, stack, depth, looks, heap, steps, advice } = report;
  return [
    `# ${escaped(verdict)}`,
    "",
    `${code(title)}, ${capturedAt}, watched for ${(report.milliseconds / 1000).toFixed(1)} s.`,
    ...(browser ? ["", escaped(sandboxText(browser))] : []),
    ...(stack.length > 0
      ? [
          "",
          `## Stack (of ${formatSamples(looks)}; up to ${depth} frames)`,
          "",
          ...stack.map(frameLine),
        ]
      : []),
    "",
    "## Steps",
    "",
    "| Step | Outcome | Time | What it said |",
    "|---|---|---|---|",
    ...steps.map(({ step, outcome, reason, message, ms }) => {
      const how = reason === undefined ? outcome : `${outcome}: ${reason}`;
      return `| ${step} | ${how} | ${ms} ms | ${escaped(message)} |`;
    }),
    ...(heap
      ? ["", `Heap: ${heap.trend} (${heap.usedBytes.map(formatBytes).join(", ") || "not told"}).`]
      : []),
    ...(advice.length > 0
      ? ["", "## What may help", "", ...advice.map((text) => `- ${escaped(text)}`)]
      : []),
    "",
  ].join("\n");
}

function frameLine({ name, file, line, module, repeated }: ReportFrame): string {
  const where = file === "" ? module : `${file}${line > 0 ? `:${line}` : ""}`;
  const times = repeated > 1 ? ` × ${repeated}` : "";
  return `1. ${code(name)}${times}${where === "" ? "" : ` — ${code(where)}`}`;
}

function code(text: string): string {
  const line = text.replaceAll(/\s+/g, " ");
  const fence = "`".repeat(
    Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length)) + 1,
  );
  const gap = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${gap}${line}${gap}${fence}`;
}

function escaped(text: string): string {
  return text.replaceAll(/\s+/g, " ").replaceAll(/[\\`*_{}[\]<>#|!]/g, "\\$&");
}
