/** Debian's packages, for what the tests need and the machine lacks. */
import { run } from "../../src/toolchain/run.ts";
import { findProgram } from "./programs.ts";
import { step } from "./step.ts";

/** Whether there is an `apt-get` to install with. */
export function hasAptGet(): boolean {
  return findProgram(["apt-get"]) !== undefined;
}

/**
 * @param title of what is installed, for the line that says so
 * @throws Error that says what to run when the user may not install.
 */
export async function aptInstall(title: string, packages: readonly string[]): Promise<void> {
  const [name] = packages;
  await step(`Installing ${title} (apt-get install ${name})`, async () => {
    const asRoot = process.getuid?.() === 0 ? ["apt-get"] : ["sudo", "-n", "apt-get"];
    const [command, ...before] = asRoot as [string, ...string[]];
    const tool = { command, howToGet: `Run "apt-get install ${name}" as root, then try again.` };
    const apt = (...args: string[]) =>
      run(tool, [...before, "-qq", "-o", "DPkg::Lock::Timeout=300", ...args], {
        env: { DEBIAN_FRONTEND: "noninteractive" },
        timeoutMs: 10 * 60_000,
      });
    await apt("update");
    await apt("install", "-y", "--no-install-recommends", ...packages);
  });
}
