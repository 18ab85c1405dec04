/**
 * `npm test`: builds, then runs every suite and sums what mocha counted.
 *
 *   --long           the full matrices instead of the short forms
 *   --only AREA      unit, server, fault, host or ui; may be repeated
 *   --grep PATTERN   only tests whose full title matches
 *
 * The last line is `N passed, N failed`; the exit code is 0 when every suite passed.
 */
import { parseArgs } from "node:util";
import { execa } from "execa";
import { ensureBrowser } from "./host/browser.ts";
import { ensureNativeStacks } from "./host/native-stacks.ts";
import { root } from "./host/paths.ts";
import { addCounts, type Counts, describeCounts } from "./test/counts.ts";
import { runSuite, type Suite, type SuiteResult } from "./test/suite.ts";
import { areas, suitesOf } from "./test/suites.ts";

const { values } = parseArgs({
  options: {
    long: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    grep: { type: "string" },
  },
});
const unknown = values.only?.find((name) => !(areas as readonly string[]).includes(name));
if (unknown !== undefined) {
  throw new Error(`--only takes one of ${areas.join(", ")}, not "${unknown}".`);
}

const stop = new AbortController();
const { signal } = stop;
process.on("SIGINT", () => stop.abort());
process.on("SIGTERM", () => stop.abort());

const wanted = areas.filter((area) => values.only?.includes(area) ?? true);
await execa(process.execPath, ["esbuild.mjs"], { cwd: root, stdio: "inherit" });
if (wanted.some((area) => area !== "unit")) await ensureBrowser();
if (wanted.includes("server")) await ensureNativeStacks();

const env = {
  ...(values.long && { HANGSCOPE_LONG: "1" }),
  ...(values.grep !== undefined && { HANGSCOPE_TEST_GREP: values.grep }),
};
const all: Counts[] = [];
const problems: string[] = [];
const suites = wanted.flatMap((area) => {
  const found = suitesOf(area, values);
  if (found.length === 0) console.log(`\n${area}: no tests yet`);
  return found;
});
const inTurn = suites.filter(({ isBeside }) => !isBeside);
const beside = suites.filter(({ isBeside }) => isBeside);
const isQuiet = inTurn.length > 0;
// Waited for at the end: whatever they come to, they do not reject.
const besides = isQuiet ? runInTurn(beside) : Promise.resolve([]);
for (const suite of isQuiet ? inTurn : beside) {
  if (signal.aborted) break;
  console.log(`\n── ${suite.name} ──`);
  count(suite, await runSuite(suite, { env, signal, isQuiet: false }));
}
for (const [suite, ended] of await besides) {
  console.log(`\n── ${suite.name} ──\n${ended.output ?? ""}`);
  count(suite, ended);
}

async function runInTurn(these: readonly Suite[]): Promise<[Suite, SuiteResult][]> {
  const ended: [Suite, SuiteResult][] = [];
  for (const suite of these) {
    if (signal.aborted) break;
    ended.push([suite, await runSuite(suite, { env, signal, isQuiet: true })]);
  }
  return ended;
}

function count({ name }: Suite, { counts, problem }: SuiteResult): void {
  all.push(counts);
  const ran = counts.passed + counts.failed;
  if (problem) problems.push(`${name} ${problem}`);
  else if (ran === 0 && values.grep === undefined) problems.push(`${name} ran no test`);
}

if (signal.aborted) problems.push("The run was stopped");

const sum = addCounts(all);
for (const failure of [...(sum.failures ?? []), ...problems]) console.error(`Failed: ${failure}`);
if (sum.passed + sum.failed === 0) problems.push("No test ran");
// A suite that broke counts as one failure, so that the line tells the same as the exit code.
console.log(`\n${describeCounts({ ...sum, failed: sum.failed + problems.length })}`);
process.exitCode = sum.failed + problems.length > 0 ? 1 : 0;
