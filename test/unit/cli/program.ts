/** Runs the command line as a process of its own, as its users do. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { execa } from "execa";

export const cli = resolve(import.meta.dirname, "../../../src/cli/bin.ts");

export interface Ended {
  /** As a shell has it: a signal's is 128 + its number. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder for one test's files and the server of its programs, which ends with it. */
export class Place {
  readonly folder: string;
  readonly #env: Readonly<Record<string, string>>;

  static async make(): Promise<Place> {
    return new Place(await mkdtemp(join(tmpdir(), "hangscope-cli-")));
  }

  private constructor(folder: string) {
    this.folder = folder;
    this.#env = { HANGSCOPE_HOME: join(folder, ".home"), NO_COLOR: "", HANGSCOPE_DEBUG: "" };
  }

  start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    return execa(process.execPath, [cli, ...args], {
      cwd: this.folder,
      env: { ...this.#env, ...env },
      reject: false,
      stdin: "ignore",
    });
  }

  /** In a terminal of its own; its standard input is the keyboard. Linux. */
  startInTerminal(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const line = [process.execPath, cli, ...args].map((word) => `'${word}'`).join(" ");
    return execa("script", ["-qefc", line, "/dev/null"], {
      cwd: this.folder,
      // Node takes a terminal of a CI machine for one without colours.
      env: { ...this.#env, CI: undefined, TERM: "xterm-256color", ...env },
      reject: false,
    });
  }

  async run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended> {
    const { exitCode, stdout, stderr } = await this.start(args, env);
    return { exitCode, stdout, stderr };
  }

  async remove(): Promise<void> {
    await this.run(["server", "stop"]);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
