/** An S3 server of our own on loopback, and a way to it that can be made bad. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type S3Patience, usualPatience } from "../../../../src/artifacts/s3-client.ts";
import { parseS3Location } from "../../../../src/artifacts/s3-location.ts";
import { S3Store } from "../../../../src/artifacts/s3-store.ts";
import { BadWay } from "./bad-way.ts";

export const bucket = "evidence";

/** What the server takes; from the environment, as the SDK's own chain does it. */
export const credentials = {
  AWS_ACCESS_KEY_ID: "S3RVER",
  AWS_SECRET_ACCESS_KEY: "S3RVER",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_REGION: "eu-test-1",
  AWS_CONFIG_FILE: join(tmpdir(), "none"),
  AWS_SHARED_CREDENTIALS_FILE: join(tmpdir(), "none"),
};

export const hasty: S3Patience = { attempts: 3, connectMs: 2_000, silenceMs: 1_500 };

export class S3Lab {
  readonly folder: string;
  readonly way: BadWay;
  readonly #server: ChildProcess;
  readonly #before = new Map<string, string | undefined>();

  static async start(): Promise<S3Lab> {
    const folder = await mkdtemp(join(tmpdir(), "hangscope-s3-"));
    const server = fork(join(import.meta.dirname, "s3rver.cjs"), [join(folder, "s3"), bucket], {
      // It ciphers where a listing goes on with DES.
      execArgv: ["--openssl-legacy-provider"],
    });
    const [port] = (await once(server, "message")) as [number];
    return new S3Lab(folder, server, await BadWay.to(port));
  }

  readonly #stores: S3Store[] = [];

  private constructor(folder: string, server: ChildProcess, way: BadWay) {
    this.folder = folder;
    this.#server = server;
    this.way = way;
    for (const [name, value] of Object.entries(credentials)) {
      this.#before.set(name, process.env[name]);
      process.env[name] = value;
    }
  }

  place(prefix = ""): string {
    return `s3://${bucket}/${prefix}?endpoint=http://127.0.0.1:${this.way.port}`;
  }

  store(prefix = "", patience: Partial<S3Patience> = {}): S3Store {
    const location = parseS3Location(this.place(prefix));
    const store = new S3Store(location, { ...usualPatience, ...hasty, ...patience });
    this.#stores.push(store);
    return store;
  }

  async stop(): Promise<void> {
    for (const [name, value] of this.#before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    for (const store of this.#stores) store.close();
    await this.way.close();
    const ended = once(this.#server, "exit");
    this.#server.kill();
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}
