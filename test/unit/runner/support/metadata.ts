/** What an artifact of a test is made of. */
import type { ArtifactMetadata } from "../../../../src/runner/cache/cache-key.ts";

export const metadata: ArtifactMetadata = {
  source: "a".repeat(64),
  xcode: { version: "26.3", build: "17C529" },
  sdk: { name: "iphonesimulator", version: "26.2", build: "23C52" },
  hostArch: "arm64",
  platform: "ios",
  kind: "simulator",
  family: "ios-simulator",
  scheme: "R",
  buildOptions: ["-a", "-b"],
  buildSettings: { A: "1", B: "2" },
};
