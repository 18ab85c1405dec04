/** The native stack of a process's main thread, by what the system offers without root. */
import type { HangFrame } from "../formats/hang-capture/hang-file.ts";
import { isNativeName } from "../formats/hang-capture/native-culprit.ts";
import { run, type Tool, ToolError } from "../toolchain/run.ts";
import { StepFailure } from "./reasons.ts";

const timeoutMs = 5_000;

const euStack: Tool = {
  command: "eu-stack",
  howToGet: 'Install it with "apt-get install elfutils" or "dnf install elfutils".',
};
const sample: Tool = { command: "/usr/bin/sample", howToGet: "It is a part of macOS." };

/**
 * @returns innermost first
 * @throws StepFailure when it cannot be seen; the signal's reason when aborted.
 */
export async function nativeStack(pid: number, signal: AbortSignal): Promise<HangFrame[]> {
  const frames = await readStack(pid, signal);
  if (!frames.some(({ name }) => isNativeName(name))) throw new StepFailure("no-stack");
  return frames;
}

async function readStack(pid: number, signal: AbortSignal): Promise<HangFrame[]> {
  try {
    switch (process.platform) {
      case "linux": {
        const args = ["-1", "-m", "-p", String(pid)];
        // It gives 1 for a stack that it could not follow to its end.
        return parseEuStack((await runAnyway(euStack, args, signal)).stdout);
      }
      case "darwin": {
        const args = [String(pid), "1", "10", "-mayDie", "-file", "/dev/stdout"];
        return parseSample((await run(sample, args, { timeoutMs: 20_000, signal })).stdout);
      }
      default:
        throw new StepFailure("unsupported-system");
    }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    if (error.kind === "missing") throw new StepFailure("no-tool", error.message, { cause: error });
    throw new StepFailure("no-permission", error.message, { cause: error });
  }
}

async function runAnyway(tool: Tool, args: readonly string[], signal: AbortSignal) {
  let stdout = "";
  const onStdout = (chunk: Buffer) => {
    stdout += chunk.toString("utf8");
  };
  try {
    await run(tool, args, { timeoutMs, signal, onStdout });
  } catch (error) {
    if (!(error instanceof ToolError && error.kind === "failed" && stdout.includes("#0"))) {
      throw error;
    }
  }
  return { stdout };
}

/** Lines of `#0  0x0123 name - /module`, the innermost first. Code of V8's has no name. */
export function parseEuStack(text: string): HangFrame[] {
  return [...text.matchAll(/^#\d+\s+(0x[\da-f]+)(?: (?!- )(.*?))?(?: - (\/.*))?$/gm)].map(
    ([, address, name, module]) => nativeFrame(name || address!, module ?? ""),
  );
}

/** The heaviest way through the call graph of the main thread, as `sample` prints it. */
export function parseSample(text: string): HangFrame[] {
  const [, afterHead = ""] = text.split(/^Call graph:$/m, 2);
  const [graph] = afterHead.trimStart().split("\n\n", 1);
  const frames: HangFrame[] = [];
  let depth = -1;
  for (const line of graph!.split("\n")) {
    const [, indent, name, module, address] =
      /^(\s*[+!:| ]*)\d+ (.+?)(?: {2}\(in (.+?)\).*?(?:\[(0x[\da-f]+)[^\]]*\].*)?)?$/.exec(line) ??
      [];
    if (indent === undefined || name === undefined) continue;
    // Children stand below their caller, the heaviest first; what is no deeper is another way.
    if (indent.length <= depth) break;
    depth = indent.length;
    if (name.startsWith("Thread_")) continue;
    // So it calls code that V8 made.
    const isUnknown = name === "???";
    frames.push(nativeFrame(isUnknown ? (address ?? "0x0") : name, module ?? ""));
  }
  return frames.reverse();
}

const parameters = /\((?!anonymous)[^()]*(?:\([^()]*\)[^()]*)*\)(?: const)?$/;

function nativeFrame(symbol: string, module: string): HangFrame {
  const name = symbol.replace(parameters, "");
  const nowhere = { url: "", line: 0, column: 0, functionLine: 0, functionColumn: 0 };
  // A module is what tells native code from the rest.
  return { name, ...nowhere, module: module || "unknown" };
}
