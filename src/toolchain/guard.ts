/**
 * What one process of a user holds at a time: the kernel gives it to one, and takes it back when
 * that process dies. It makes a second server of one folder impossible. Guards of different kinds
 * do not exclude each other, so the kind is fixed by platform, never by what the running Node can
 * do.
 */
import { createHash, randomUUID } from "node:crypto";
import { link, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";

export interface Guard {
  /** What the guard's name is made of: another text would be another guard. */
  readonly secret?: { readonly path: string; readonly text: string };
  /** A process that dies has given the guard back already. */
  release(): void;
}

/**
 * @param path for whatever file the guard needs, in a folder that is this user's alone
 * @returns `undefined` when another process holds it.
 * @throws where there is no guard to be had, with the reason.
 */
export function holdGuard(path: string): Promise<Guard | undefined> {
  switch (process.platform) {
    case "linux":
      return holdName((digest) => `\0hangscope-${digest}`, path);
    case "win32":
      return holdName((digest) => `\\\\.\\pipe\\hangscope-${digest}`, path);
    default:
      return holdDatabase(`${path}.sqlite`);
  }
}

/** A name that no file stands for. Others could squat it, if they could guess it. */
async function holdName(
  nameOf: (digest: string) => string,
  path: string,
): Promise<Guard | undefined> {
  const text = await sharedSecret(path);
  const digest = createHash("sha256").update(text).digest("hex");
  const { promise, resolve, reject } = Promise.withResolvers<Guard | undefined>();
  const server = createServer((socket) => socket.destroy());
  server.once("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EADDRINUSE") resolve(undefined);
    else reject(error);
  });
  server.listen(nameOf(digest), () => {
    resolve({ secret: { path, text }, release: () => server.close() });
  });
  return promise;
}

/** The first process's choice; every later one reads it. */
async function sharedSecret(path: string): Promise<string> {
  // Who waits for the guard comes here often.
  const known = await readFile(path, "utf8").catch(() => "");
  if (known !== "") return known;
  const own = `${path}.${randomUUID()}`;
  await writeFile(own, randomUUID(), { mode: 0o600, flag: "wx" });
  try {
    await link(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    await rm(own, { force: true });
  }
  return readFile(path, "utf8");
}

const sqliteBusy = 5;

/** An exclusive transaction that lasts as long as its process. */
export async function holdDatabase(path: string): Promise<Guard | undefined> {
  const { DatabaseSync } = await import("node:sqlite");
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE;");
    return { release: () => database.close() };
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === sqliteBusy) return undefined;
    throw error;
  }
}
