/** What reads the native stacks of a program that hangs: macOS has `sample`, Linux may lack it. */
import { aptInstall, hasAptGet } from "./apt-get.ts";
import { findProgram } from "./programs.ts";

/** Installs Debian's `elfutils` where it is wanted; elsewhere tests without it are skipped. */
export async function ensureNativeStacks(): Promise<void> {
  if (process.platform !== "linux" || findProgram(["eu-stack"]) || !hasAptGet()) return;
  await aptInstall("what reads native stacks", ["elfutils"]);
}
