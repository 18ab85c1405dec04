/** What xcodebuild says when the fault is not the artifact's, and when it is. */
import assert from "node:assert/strict";
import { environmentFault } from "../../../src/runner/environment-faults.ts";

const faults = [
  ["disk-full", "error: unable to write '/x.o': No space left on device (28)"],
  [
    "no-xcode",
    "xcode-select: error: tool 'xcodebuild' requires Xcode, but active developer directory",
  ],
  ["no-xcode", "You have not agreed to the Xcode license agreements."],
  [
    "no-destination",
    "xcodebuild: error: Unable to find a destination matching the provided destination specifier:",
  ],
  ["device-not-booted", "Unable to lookup in current state: Shutdown"],
  ["device-locked", "The device is locked. Unlock iPhone to continue."],
  ["not-signed", 'error: Signing for "R" requires a development team.'],
  ["not-signed", "error: No profiles for 'dev.R' were found"],
  ["not-signed", "Developer Mode disabled. Enable it in Settings."],
] as const;

describe("a fault of the environment", () => {
  for (const [code, line] of faults) {
    it(`is told by ${JSON.stringify(line.slice(0, 60))}`, () => {
      const fault = environmentFault(`Testing started\n${line}\n** TEST EXECUTE FAILED **`);
      assert.equal(fault?.code, code);
      assert.equal(fault?.blame, "environment");
      assert.ok(fault?.message.includes(line));
    });
  }
  it("is told by exit code 70", () => {
    assert.equal(environmentFault("", 70)?.code, "no-destination");
  });
  for (const line of [
    "The bundle “R” couldn’t be loaded because it is damaged or missing necessary resources.",
    "Early unexpected exit, operation never finished bootstrapping",
    "/p/F.swift:1:1: error: cannot find 'lockedDoor' in scope",
    "",
  ]) {
    it(`is not told by ${JSON.stringify(line.slice(0, 60))}`, () => {
      assert.equal(environmentFault(line, 65), undefined);
    });
  }
});
