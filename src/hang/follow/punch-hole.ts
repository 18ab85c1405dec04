/** Gives the space of a part of a file back to the disk. Linux only; what reads it finds zeros. */
import { run, type Tool, ToolError } from "../../toolchain/run.ts";
import type { Punching } from "./follow-state.ts";

const fallocate: Tool = {
  command: "fallocate",
  howToGet: 'It is a part of util-linux: "apt-get install util-linux".',
};
const longestMs = 10_000;

/**
 * @param fd of this process. The program gets at the open file itself: whatever has taken its
 *   place at its path since is safe.
 */
export async function punchHole(
  fd: number,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Exclude<Punching, "untried">> {
  if (process.platform !== "linux") return "unsupported";
  const range = ["--offset", String(from), "--length", String(to - from)];
  const file = `/proc/${process.pid}/fd/${fd}`;
  try {
    await run(fallocate, ["--punch-hole", ...range, file], { timeoutMs: longestMs });
    return "works";
  } catch (error) {
    return error instanceof ToolError && error.kind === "missing" ? "no-tool" : "unsupported";
  }
}
