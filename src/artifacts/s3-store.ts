/**
 * Evidence in a bucket, by streaming multipart uploads. Nothing is cut short by us; a put that
 * cannot be finished leaves nothing behind, and says why. To be imported when first used: Amazon's
 * client is larger than all the rest.
 */

import { addAbortSignal, Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { TaskOptions } from "../toolchain/progress.ts";
import { ArtifactError } from "./artifact-error.ts";
import { isBelow, pinnedError } from "./folder-store.ts";
import { isPlainKey, kindOfName, parseKey } from "./key.ts";
import { resumed } from "./resumed.ts";
import { createS3Client, type S3Patience, usualPatience } from "./s3-client.ts";
import { describeS3Error, isNotFound } from "./s3-errors.ts";
import type { S3Location } from "./s3-location.ts";
import { Counter, counted, openSource } from "./source.ts";
import {
  type Artifact,
  type ArtifactStore,
  byAge,
  type OpenArtifact,
  pinSuffix,
  type Source,
} from "./store.ts";

/** So many parts are in memory at once, and one more is being read. */
const partsAtOnce = 3;
const leastPartBytes = 8 * 1024 * 1024;
/** S3 takes 10,000 parts; a file may turn out larger than it said. */
const mostParts = 9_000;
/** For taking back the parts of an upload that failed or was cancelled. */
const cleanUpMs = 5_000;

export class S3Store implements ArtifactStore {
  readonly place: string;
  readonly #location: S3Location;
  readonly #patience: S3Patience;
  #client: Promise<S3Client> | undefined;

  constructor(location: S3Location, patience: S3Patience = usualPatience) {
    this.#location = location;
    this.#patience = patience;
    this.place = `s3://${[location.bucket, location.prefix].filter(Boolean).join("/")}`;
  }

  async put(key: string, source: Source, task: TaskOptions = {}): Promise<number> {
    const where = this.#object(key);
    const opened = await openSource(source, task.signal);
    try {
      return await this.#asking(task.signal, async (client) => {
        if (await this.#exists(client, where, task.signal)) {
          throw new ArtifactError("exists", `There is ${key} already.`);
        }
        const counter = new Counter();
        const { signal } = task;
        // Told by what has arrived, not by what was read.
        const chunks = counted(opened, counter, key, signal ? { signal } : {});
        await this.#upload(client, where, chunks, opened.bytes, task, `Uploading ${key}`);
        const { ContentLength: found } = await this.#head(client, where, signal);
        if (found !== counter.bytes) {
          const text = `${this.place} has ${found} of ${counter.bytes} bytes of ${key}.`;
          throw new ArtifactError("incomplete", text);
        }
        return counter.bytes;
      });
    } finally {
      await opened.close();
    }
  }

  async list(prefix = "", { signal }: TaskOptions = {}): Promise<Artifact[]> {
    const { bucket, prefix: own } = this.#location;
    const below = own === "" ? "" : `${own}/`;
    return this.#asking(signal, async (client) => {
      const input = { Bucket: bucket, Prefix: below + prefix };
      const names: { key: string; bytes: number; modified: number }[] = [];
      for await (const page of paginateListObjectsV2({ client }, input, this.#options(signal))) {
        for (const { Key = "", Size = 0, LastModified } of page.Contents ?? []) {
          const key = Key.slice(below.length);
          if (!Key.startsWith(below) || !isPlainKey(key)) continue;
          names.push({ key, bytes: Size, modified: LastModified?.getTime() ?? 0 });
        }
      }
      const pins = new Set(names.map(({ key }) => key).filter((key) => key.endsWith(pinSuffix)));
      return names
        .filter(({ key }) => !pins.has(key) && isBelow(key, prefix))
        .map(({ key, bytes, modified }): Artifact => {
          const kind = kindOfName(key);
          const time = parseKey(key)?.time ?? modified;
          return { key, ...(kind && { kind }), bytes, time, pinned: pins.has(key + pinSuffix) };
        })
        .sort(byAge);
    });
  }

  async open(key: string, { signal }: TaskOptions = {}): Promise<OpenArtifact> {
    const where = this.#object(key);
    return this.#asking(signal, async (client) => {
      const head = await this.#head(client, where, signal).catch((error: unknown) => {
        throw isNotFound(error) ? this.#missing(key) : error;
      });
      const { ContentLength: bytes = 0, ETag } = head;
      const from = async (start: number) => {
        const command = new GetObjectCommand({
          ...where,
          ...(start > 0 && { Range: `bytes=${start}-` }),
          // The rest of another object would make neither of the two.
          ...(ETag !== undefined && { IfMatch: ETag }),
        });
        const { Body } = await client.send(command, this.#options(signal));
        return Body as Readable;
      };
      const pieces = resumed(from, bytes, this.#patience.attempts, signal);
      const stream = Readable.from(describing(pieces, this.place), { objectMode: false });
      return { bytes, stream };
    });
  }

  async remove(key: string, { signal }: TaskOptions = {}): Promise<void> {
    const where = this.#object(key);
    const pin = this.#object(key, pinSuffix);
    await this.#asking(signal, async (client) => {
      if (!(await this.#exists(client, where, signal))) throw this.#missing(key);
      if (await this.#exists(client, pin, signal)) throw pinnedError(key);
      await client.send(new DeleteObjectCommand(where), this.#options(signal));
    });
  }

  async setPinned(key: string, pinned: boolean, { signal }: TaskOptions = {}): Promise<void> {
    const where = this.#object(key);
    const pin = this.#object(key, pinSuffix);
    await this.#asking(signal, async (client) => {
      if (!(await this.#exists(client, where, signal))) throw this.#missing(key);
      const options = this.#options(signal);
      if (pinned) await client.send(new PutObjectCommand({ ...pin, Body: "" }), options);
      else await client.send(new DeleteObjectCommand(pin), options);
    });
  }

  close(): void {
    void this.#client?.then(
      (client) => client.destroy(),
      () => {},
    );
    this.#client = undefined;
  }

  async #upload(
    client: S3Client,
    where: { readonly Bucket: string; readonly Key: string },
    chunks: AsyncIterable<Buffer>,
    bytes: number | undefined,
    { signal, onProgress }: TaskOptions,
    message: string,
  ): Promise<void> {
    const body = Readable.from(chunks, { objectMode: false });
    if (signal) addAbortSignal(signal, body);
    const upload = new Upload({
      client: cancellable(client, signal),
      params: { ...where, Body: body },
      queueSize: partsAtOnce,
      partSize: Math.max(leastPartBytes, Math.ceil((bytes ?? 0) / mostParts)),
    });
    upload.on("httpUploadProgress", ({ loaded = 0 }) => {
      const total = bytes === undefined ? {} : { total: bytes };
      onProgress?.({ message, done: loaded, ...total, unit: "bytes" });
    });
    try {
      await upload.done();
    } finally {
      body.destroy();
    }
  }

  async #head(
    client: S3Client,
    where: { readonly Bucket: string; readonly Key: string },
    signal: AbortSignal | undefined,
  ) {
    return client.send(new HeadObjectCommand(where), this.#options(signal));
  }

  async #exists(
    client: S3Client,
    where: { readonly Bucket: string; readonly Key: string },
    signal: AbortSignal | undefined,
  ): Promise<boolean> {
    try {
      await this.#head(client, where, signal);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  #options(signal: AbortSignal | undefined): { abortSignal?: AbortSignal } {
    return signal ? { abortSignal: signal } : {};
  }

  #object(key: string, suffix = ""): { readonly Bucket: string; readonly Key: string } {
    if (!isPlainKey(key) || key.endsWith(pinSuffix)) {
      throw new ArtifactError("bad-key", `${JSON.stringify(key)} is no name of an artifact.`);
    }
    const { bucket, prefix } = this.#location;
    return { Bucket: bucket, Key: `${prefix === "" ? "" : `${prefix}/`}${key}${suffix}` };
  }

  #missing(key: string): ArtifactError {
    return new ArtifactError("no-such-artifact", `There is no ${key} in ${this.place}.`);
  }

  async #asking<T>(
    signal: AbortSignal | undefined,
    ask: (client: S3Client) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    try {
      this.#client ??= createS3Client(this.#location, this.#patience);
      return await ask(await this.#client);
    } catch (error) {
      signal?.throwIfAborted();
      throw describeS3Error(this.place, error);
    }
  }
}

/**
 * An upload's own way to abort leaves requests running and does not wait for its clean-up. Here
 * every request ends with the signal but the one that takes the parts back.
 */
function cancellable(client: S3Client, signal: AbortSignal | undefined): S3Client {
  const send = (command: Parameters<S3Client["send"]>[0]) => {
    const isCleanUp = command instanceof AbortMultipartUploadCommand;
    const abortSignal = isCleanUp ? AbortSignal.timeout(cleanUpMs) : signal;
    const sent: Promise<unknown> = client.send(command, abortSignal ? { abortSignal } : {});
    // A clean-up that fails must not hide what it cleans up after.
    return isCleanUp ? sent.catch(() => ({})) : sent;
  };
  return Object.assign(Object.create(client) as S3Client, { send });
}

async function* describing(pieces: AsyncIterable<Buffer>, place: string): AsyncGenerator<Buffer> {
  try {
    yield* pieces;
  } catch (error) {
    throw describeS3Error(place, error);
  }
}
