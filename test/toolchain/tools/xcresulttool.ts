/** `xcresulttool get build-results`, and in its older form `get --format json`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Call } from "../call.ts";
import { UsageError } from "../options.ts";
import { complain, pour } from "../output.ts";
import { exitCodes, hasBuildResults, needsLegacy } from "../table.ts";
import { isAtLeast } from "../xcode.ts";

interface Results {
  readonly errors: readonly Issue[];
  readonly warnings: readonly Issue[];
}

interface Issue {
  readonly issueType?: string;
  readonly message: string;
  readonly sourceURL?: string;
}

export async function main(call: Call): Promise<number> {
  const [command, ...rest] = call.args;
  if (command !== "get") throw new UsageError(`Error: Unexpected argument '${command ?? ""}'`);
  const { xcode } = call.scenario;
  const isNew = rest[0] === "build-results";
  if (isNew && !isAtLeast(xcode, hasBuildResults.is)) {
    throw new UsageError("Error: Unexpected argument 'build-results'");
  }
  const { path, legacy } = read(isNew ? rest.slice(1) : rest);
  if (!isNew && isAtLeast(xcode, needsLegacy.is) !== legacy) {
    throw new UsageError(
      legacy
        ? "Error: Unknown option '--legacy'"
        : "Error: This command is deprecated and will be removed in a future release, --legacy flag is required to use it.",
    );
  }
  let results: Results;
  try {
    results = JSON.parse(readFileSync(join(path, "build-results.json"), "utf8")) as Results;
  } catch {
    complain(`Error: File or directory doesn't exist at path: ${path}.`);
    return exitCodes.xcresulttoolFailed.is;
  }
  await pour("stdout", [JSON.stringify(isNew ? results : legacyOf(results), null, 2)]);
  return 0;
}

function read(args: readonly string[]): { path: string; legacy: boolean } {
  let path: string | undefined;
  let legacy = false;
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "--path") path = args[++i];
    else if (arg === "--legacy") legacy = true;
    else if (arg === "--format" && args[i + 1] === "json") i++;
    else throw new UsageError(`Error: Unknown option '${arg}'`);
  }
  if (path === undefined) throw new UsageError("Error: Missing expected argument '--path <path>'");
  return { path, legacy };
}

function legacyOf({ errors, warnings }: Results) {
  const text = (value: string) => ({ _type: { _name: "String" }, _value: value });
  const list = (issues: readonly Issue[]) => ({
    _type: { _name: "Array" },
    _values: issues.map(({ issueType = "Swift Compiler Error", message, sourceURL }) => ({
      _type: { _name: "IssueSummary" },
      issueType: text(issueType),
      message: text(message),
      ...(sourceURL !== undefined && {
        documentLocationInCreatingWorkspace: { url: text(sourceURL) },
      }),
    })),
  });
  return {
    _type: { _name: "ActionsInvocationRecord" },
    issues: { errorSummaries: list(errors), warningSummaries: list(warnings) },
  };
}
