/** The logs of a watched session: each is followed as long as its process runs, then removed. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { isAlive } from "../../toolchain/process-identity/identity.ts";
import { LogFollower } from "../follow/log-follower.ts";

export class FollowedLogs {
  readonly #directory: string;
  readonly #followers = new Map<string, Promise<LogFollower | undefined>>();
  readonly #stopped = new AbortController();

  /** @param directory in which V8 puts the session's logs, one for each isolate */
  constructor(directory: string) {
    this.#directory = directory;
  }

  async look(): Promise<void> {
    for (const { path, pid } of await this.#logs()) {
      if (!isAlive(pid)) await this.#remove(path);
      else if (!this.#followers.has(path)) this.#follow(path);
      else await this.#followAnew(path);
    }
  }

  async stop(): Promise<void> {
    const followers = [...this.#followers.values()];
    this.#followers.clear();
    this.#stopped.abort();
    for (const follower of followers) await (await follower)?.stop();
  }

  #follow(path: string): void {
    const { signal } = this.#stopped;
    // It throws only when it is aborted.
    const starting = LogFollower.start({ path, signal }).catch(() => undefined);
    this.#followers.set(path, starting);
  }

  /** A worker's isolate that stands where an ended one stood writes the same file from its start. */
  async #followAnew(path: string): Promise<void> {
    const follower = await this.#followers.get(path);
    if (follower?.state.reason !== "truncated") return;
    await follower.stop();
    if (!this.#stopped.signal.aborted) this.#follow(path);
  }

  async #remove(path: string): Promise<void> {
    await (await this.#followers.get(path))?.stop();
    this.#followers.delete(path);
    await rm(path, { force: true });
  }

  async #logs(): Promise<{ path: string; pid: number }[]> {
    const names = await readdir(this.#directory).catch(() => []);
    return names.flatMap((name) => {
      const pid = /-(\d+)-v8\.log$/.exec(name)?.[1];
      return pid === undefined ? [] : [{ path: join(this.#directory, name), pid: Number(pid) }];
    });
  }
}
