/** Mocha's spec reporter for people, which also leaves its counts for `npm test`. */
import Mocha from "mocha";
import { describeFailure, writeCounts } from "./counts.ts";

export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const counts = { passed: 0, failed: 0, skipped: 0, failures: [] as string[] };
    runner.on("pass", () => counts.passed++);
    runner.on("fail", (test, error: Error) => {
      counts.failed++;
      counts.failures.push(describeFailure(test.fullTitle(), String(error.message)));
    });
    runner.on("pending", () => counts.skipped++);
    runner.once("end", () => writeCounts(counts));
  }
}
