/**
 * Writing to standard output and standard error as a tool does: whole lines at once, and no more
 * than the reader takes. Who does not read stops a tool that has much to say.
 */
import { write, writeSync } from "node:fs";

const stdout = 1;
const stderr = 2;
/** What a shell says of a program that wrote to nobody. */
const brokenPipeExit = 141;
const retryMs = 2;

export function say(line: string): void {
  writeAll(stdout, `${line}\n`);
}

export function complain(line: string): void {
  writeAll(stderr, `${line}\n`);
}

function writeAll(fd: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if (codeOf(error) !== "EAGAIN") endOrThrow(error);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryMs);
    }
  }
}

const chunkLength = 64 * 1024;

/** Leaves the event loop free, so that signals are heard while nobody reads. */
export async function pour(to: "stdout" | "stderr" | number, parts: Iterable<string>) {
  const fd = to === "stdout" ? stdout : to === "stderr" ? stderr : to;
  for (const chunk of inChunks(parts)) {
    let rest = Buffer.from(chunk);
    while (rest.length > 0) rest = rest.subarray(await writeSome(fd, rest));
  }
}

function* inChunks(parts: Iterable<string>): Generator<string> {
  let chunk = "";
  for (const part of parts) {
    chunk += part;
    if (chunk.length < chunkLength) continue;
    yield chunk;
    chunk = "";
  }
  if (chunk !== "") yield chunk;
}

function writeSome(fd: number, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, (error, written) => {
      if (!error) resolve(written);
      else if (error.code === "EAGAIN") setTimeout(() => resolve(0), retryMs);
      else {
        try {
          endOrThrow(error);
        } catch (thrown) {
          reject(thrown);
        }
      }
    });
  });
}

function endOrThrow(error: unknown): never {
  if (codeOf(error) === "EPIPE") process.exit(brokenPipeExit);
  throw error;
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
