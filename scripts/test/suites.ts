/** The suites of `npm test`, in their order. */
import { globSync } from "node:fs";
import { join } from "node:path";
import mochaSettings from "../../.mocharc.json" with { type: "json" };
import { root } from "../host/paths.ts";
import type { Suite } from "./suite.ts";

export const areas = ["unit", "server", "fault", "host", "ui"] as const;
export type Area = (typeof areas)[number];

const minute = 60_000;
const runnerTests = "test/server/runner/**/*.test.ts";

interface SuiteOptions {
  /** Only tests whose full title matches. */
  readonly grep?: string;
  /** Whether the full matrices run. */
  readonly long: boolean;
}

/** The area's suites that have test files. */
export function suitesOf(area: Area, { grep, long }: SuiteOptions): Suite[] {
  const limit = (minutes: number) => minutes * minute * (long ? 8 : 1);
  const mocha = (
    name: string,
    pattern: string,
    minutes: number,
    without: string[] = [],
  ): Suite[] => {
    const files = globSync(pattern, { cwd: root, exclude: without }).sort();
    if (files.length === 0) return [];
    return [{ name, nodeArgs: mochaArgs(files, grep), timeoutMs: limit(minutes) }];
  };
  switch (area) {
    case "unit":
      return mocha(area, "test/unit/**/*.test.ts", 20).map(beside);
    case "fault":
      return mocha(area, "test/fault/**/*.test.ts", 15);
    case "server":
      return [
        ...mocha("server", "test/server/**/*.test.ts", 25, [runnerTests]),
        ...mocha("server, runners", runnerTests, 15).map(beside),
      ];
    case "host":
      return [
        {
          name: "host, inside VS Code",
          nodeArgs: [join(root, "scripts/test/host-suite.ts")],
          timeoutMs: limit(12),
        },
        ...mocha("host, launching VS Code", "test/host/launch/**/*.test.ts", 8),
        ...mocha("host, what VS Code draws", "test/host/dom/**/*.test.ts", 18),
      ];
    case "ui":
      return mocha(area, "test/ui/**/*.test.ts", 12).map(beside);
  }
}

function beside(suite: Suite): Suite {
  return { ...suite, isBeside: true };
}

function mochaArgs(files: readonly string[], grep: string | undefined): string[] {
  return [
    join(root, "node_modules/mocha/bin/mocha.js"),
    "--no-config",
    ...["--timeout", String(mochaSettings.timeout)],
    ...["--reporter", join(root, "scripts/test/reporter.ts")],
    ...["--require", join(root, "scripts/test/open-handles.ts")],
    ...(grep === undefined ? [] : ["--grep", grep]),
    ...files,
  ];
}
