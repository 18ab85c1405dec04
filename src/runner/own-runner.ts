/** The runner that comes along as source, for whoever brings none. */
import { fileURLToPath } from "node:url";

export interface RunnerSource {
  /** Absolute path of the `.xcodeproj` or `.xcworkspace`. */
  readonly project: string;
  readonly scheme: string;
  /** `Target/Class/method` that serves. */
  readonly test: string;
}

const ownScheme = "HangscopeRunner";
const ownTest = "HangscopeRunner/RunnerTests/testServe";

/** Beside `src/` in development, and beside `dist/` when shipped. */
function ownProject(): string {
  const up = import.meta.url.endsWith(".ts") ? "../.." : "..";
  return fileURLToPath(new URL(`${up}/runner/HangscopeRunner.xcodeproj`, import.meta.url));
}

export function runnerSource(given: {
  readonly project?: string | undefined;
  readonly scheme?: string | undefined;
  readonly test?: string | undefined;
}): RunnerSource {
  const { project = ownProject(), scheme = ownScheme, test = ownTest } = given;
  return { project, scheme, test };
}
