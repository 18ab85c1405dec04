/** What git tells of a folder: each path is ended by NUL. */
import type { Environment } from "../../toolchain/environment.ts";
import { run, ToolError } from "../../toolchain/run.ts";
import { allEnded } from "../all-ended.ts";

export interface Listed {
  readonly known: string;
  readonly ignored: string;
}

const git = { command: "git", howToGet: "Install git." };
const limitMs = 60_000;
const maxListedBytes = 256 * 1024 * 1024;
/** Git would list their content file by file. */
const outputs = ["node_modules", "DerivedData", ".build", "build"].map(
  (name) => `:(exclude,glob)**/${name}/**`,
);

/** `undefined` where there is no repository, or no git to ask. */
export async function listWithGit(
  folder: string,
  env: Environment,
  signal: AbortSignal,
): Promise<Listed | undefined> {
  const list = async (...args: string[]) => {
    const options = { cwd: folder, env, timeoutMs: limitMs, maxOutputBytes: maxListedBytes };
    const asked = ["ls-files", "-z", "--exclude-standard", ...args];
    return (await run(git, asked, { ...options, signal })).stdout;
  };
  try {
    const [known, ignored] = await allEnded([
      list("--cached", "--others"),
      list("--others", "--ignored", "--", ".", ...outputs),
    ]);
    // A folder that git ignores as a whole has nothing known: it is read as it stands.
    return known === "" ? undefined : { known, ignored };
  } catch (error) {
    if (error instanceof ToolError) return undefined;
    throw error;
  }
}
