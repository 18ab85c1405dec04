#!/usr/bin/env node
/** Looks at Node before any other code of ours runs: an older one fails on it without a reason. */
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major > 22 || (major === 22 && minor >= 18)) {
  await import("./main.ts");
} else {
  console.error(`hangscope needs Node 22.18 or later; this is ${process.version}.`);
  process.exitCode = 1;
}

export {};
