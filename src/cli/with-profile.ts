/** Opens a profile in a worker of its own for the time of one command. */
import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import type { ProfileWorker } from "../profile-worker/profile-worker.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import { CliError } from "./failure.ts";
import { takeReader } from "./reader-thread.ts";

/**
 * @param path as the user wrote it
 * @throws CliError when there is no such file; FormatError (by name) when it is no profile.
 */
export async function withProfile<T>(
  path: string,
  task: TaskOptions,
  use: (profile: ProfileWorker) => Promise<T>,
): Promise<T> {
  const worker = takeReader();
  try {
    await checkReadable(path);
    const opened = worker.open(path, [process.cwd()], task);
    // What a question is checked with is loaded while the worker reads.
    await Promise.all([opened, import("../profile/query.ts")]);
    task.onProgress?.({ message: "Naming native code" });
    await worker.awaitNames(task);
    return await use(worker);
  } finally {
    await worker.dispose();
  }
}

async function checkReadable(path: string): Promise<void> {
  const problems: Readonly<Record<string, string>> = {
    ENOENT: "there is no such file",
    EACCES: "you may not read it",
    ENOTDIR: "a part of its path is not a folder",
  };
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CliError(`${path}: expected a profile, but ${problems[code ?? ""] ?? message}.`);
  }
  if ((await stat(path)).isDirectory()) {
    const instead = /\.trace[\\/]?$/.test(path) ? ` Run: hangscope apple analyze ${path}` : "";
    throw new CliError(`${path}: expected a profile, found a folder.${instead}`);
  }
}
