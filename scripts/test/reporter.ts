/** Mocha's spec reporter for people, which also leaves its counts for `npm test`. */
import Mocha from "mocha";
import { writeCounts } from "./counts.ts";

export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const counts = { passed: 0, failed: 0, skipped: 0 };
    runner.on("pass", () => counts.passed++);
    runner.on("fail", () => counts.failed++);
    runner.on("pending", () => counts.skipped++);
    runner.once("end", () => writeCounts(counts));
  }
}
