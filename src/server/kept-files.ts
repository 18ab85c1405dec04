/**
 * Files that a running server needs to be as it wrote them. Whoever holds the guard is the
 * folder's server, so a file that is lost or changed is put right.
 */
import { readFile } from "node:fs/promises";
import { writePrivateFile } from "../toolchain/private-file.ts";

export interface KeptFile {
  readonly path: string;
  readonly text: string;
}

const checkMs = 1_000;

/**
 * @param onLost the folder is gone: nobody can find this server any more
 * @returns what ends the keeping, and leaves the files as they are.
 */
export function keepFiles(files: readonly KeptFile[], onLost: () => void): () => Promise<void> {
  let checking = Promise.resolve();
  const check = async ({ path, text }: KeptFile) => {
    if (await isIntact({ path, text })) return;
    await writePrivateFile(path, text).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") onLost();
    });
  };
  const timer = setInterval(() => {
    checking = checking.then(async () => void (await Promise.all(files.map(check))));
  }, checkMs);
  timer.unref();
  return () => {
    clearInterval(timer);
    return checking;
  };
}

export async function isIntact({ path, text }: KeptFile): Promise<boolean> {
  return (await readFile(path, "utf8").catch(() => undefined)) === text;
}
