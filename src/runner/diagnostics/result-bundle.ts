/**
 * What `xcresulttool` tells of a result bundle: issues of a build and failures of tests, in the
 * form of Xcode 16 and later and in the older one.
 */
import { fileURLToPath } from "node:url";
import * as z from "zod";
import type { Diagnostic, Position } from "./diagnostic.ts";

const issue = z.object({
  issueType: z.string().optional(),
  message: z.string(),
  targetName: z.string().optional(),
  sourceURL: z.string().optional(),
});
const issues = z.array(issue).default([]);
/** `get build-results`. */
const buildResults = z.object({
  status: z.string().optional(),
  errors: z.array(issue),
  warnings: issues,
  analyzerWarnings: issues,
});

/** Older ones say the type of everything, and wrap lists and values. */
const value = z.object({ _value: z.string() }).transform(({ _value }) => _value);
const list = <T extends z.ZodType>(item: T) =>
  z
    .object({ _values: z.array(item).default([]) })
    .transform(({ _values }) => _values)
    .default([] as never);
const legacyIssue = z.object({
  issueType: value.optional(),
  message: value,
  producingTarget: value.optional(),
  documentLocationInCreatingWorkspace: z.object({ url: value }).optional(),
  testCaseName: value.optional(),
});
const legacy = z.object({
  issues: z.object({
    errorSummaries: list(legacyIssue),
    warningSummaries: list(legacyIssue),
    testFailureSummaries: list(legacyIssue),
  }),
});

/** `undefined` for what is neither form. */
export function readBuildResults(json: unknown): Diagnostic[] | undefined {
  const old = legacy.safeParse(json).data?.issues;
  if (old) {
    return [
      ...old.errorSummaries.map((each) => fromLegacy(each, "error")),
      ...old.testFailureSummaries.map((each) => fromLegacy(each, "error", "test")),
      ...old.warningSummaries.map((each) => fromLegacy(each, "warning")),
    ];
  }
  const found = buildResults.safeParse(json).data;
  if (!found) return undefined;
  return [
    ...found.errors.map((each) => fromIssue(each, "error")),
    ...[...found.warnings, ...found.analyzerWarnings].map((each) => fromIssue(each, "warning")),
  ];
}

function fromIssue(
  { issueType = "", message, targetName, sourceURL }: z.output<typeof issue>,
  severity: Diagnostic["severity"],
  kind?: Diagnostic["kind"],
): Diagnostic {
  const position = sourceURL === undefined ? {} : readSourceUrl(sourceURL);
  return {
    ...position,
    severity,
    kind: kind ?? kindOf(issueType, message, position),
    message,
    ...(targetName !== undefined && targetName !== "" && { target: targetName }),
    related: [],
  };
}

function fromLegacy(
  found: z.output<typeof legacyIssue>,
  severity: Diagnostic["severity"],
  kind?: Diagnostic["kind"],
): Diagnostic {
  const { issueType, message, producingTarget, documentLocationInCreatingWorkspace: at } = found;
  return fromIssue(
    { issueType, message, targetName: producingTarget, sourceURL: at?.url },
    severity,
    kind,
  );
}

function kindOf(issueType: string, message: string, { file }: Position): Diagnostic["kind"] {
  if (/Test Failure/i.test(issueType)) return "test";
  if (/Match-O|Linker|Mach-O/i.test(issueType) || linkerMessage.test(message)) return "link";
  if (/Code ?Sign|Provisioning/i.test(issueType) || /provisioning profile/.test(message)) {
    return "signing";
  }
  return file === undefined ? "project" : "compile";
}

export const linkerMessage =
  /^(?:Undefined symbols?\b|Linker command failed|\d+ duplicate symbols?|Duplicate symbol)/i;

/** `file:///p/F.swift#StartingLineNumber=9&StartingColumnNumber=4`: its numbers are from 0. */
export function readSourceUrl(text: string): Position {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return {};
  }
  if (url.protocol !== "file:") return {};
  const numbers = new URLSearchParams(url.hash.slice(1));
  url.hash = "";
  return {
    file: withoutPrivate(pathOf(url)),
    ...fromZero("line", numbers.get("StartingLineNumber")),
    ...fromZero("column", numbers.get("StartingColumnNumber")),
  };
}

function pathOf(url: URL): string {
  try {
    return fileURLToPath(url, { windows: false });
  } catch {
    // A percent sign that nobody has encoded.
    return url.pathname;
  }
}

/** macOS tells these three folders with and without the link that leads to them. */
export function withoutPrivate(path: string): string {
  return path.replace(/^\/private(?=\/(?:tmp|var|etc)\/)/, "");
}

function fromZero<K extends "line" | "column">(name: K, text: string | null) {
  const known = text !== null && /^\d+$/.test(text);
  return (known ? { [name]: Number(text) + 1 } : {}) as { readonly [key in K]?: number };
}
