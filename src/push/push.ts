/**
 * Sends a pprof file to a profiling service by its documented HTTP interface: Pyroscope's `/ingest`
 * and the JSON gateway of Parca's `WriteRaw`. One try: a second one could count everything twice.
 *
 * Sources: the Pyroscope server's HTTP API reference; `parca/profilestore/v1alpha1/profilestore.proto`.
 */
import { openAsBlob } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { formatBytes } from "../results/format-bytes.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import type { Endpoint, Service } from "./endpoint.ts";
import type { Labels } from "./labels.ts";
import { PushError } from "./push-error.ts";

export interface PushedProfile {
  /** Absolute path of a gzipped pprof file. */
  readonly file: string;
  readonly name: string;
  readonly labels: Labels;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
  /** Of a service that keeps several users' profiles apart. */
  readonly tenant?: string;
}

const answerMs = 60_000;
/** It goes as one message there, which the services bound too. */
const mostParcaBytes = 128 * 1024 * 1024;
const saidLength = 200;

/** @throws PushError; the signal's reason */
export async function push(
  { service, url, authorization }: Endpoint,
  profile: PushedProfile,
  { signal }: TaskOptions = {},
): Promise<void> {
  const { query, body, headers } = await requests[service](profile);
  const to = new URL(url);
  for (const [name, value] of query) to.searchParams.set(name, value);
  const timeout = AbortSignal.timeout(answerMs);
  let answer: Response;
  let said: string;
  try {
    answer = await fetch(to, {
      method: "POST",
      body,
      headers: { ...headers, ...(authorization !== undefined && { authorization }) },
      // What is sent is meant for this host.
      redirect: "error",
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
    said = await answer.text();
  } catch (cause) {
    signal?.throwIfAborted();
    throw new PushError("unreachable", `${url.host}: ${describeFault(cause)}.`, { cause });
  }
  if (answer.ok) return;
  const text = said.replace(/\s+/g, " ").trim().slice(0, saidLength);
  const message = `${url.host} did not take it (${answer.status})${text && `: ${text}`}`;
  throw new PushError(
    answer.status === 401 || answer.status === 403 ? "refused" : "failed",
    message,
  );
}

interface Prepared {
  readonly query: readonly (readonly [string, string])[];
  readonly body: FormData | string;
  readonly headers: Readonly<Record<string, string>>;
}

const requests: Readonly<Record<Service, (profile: PushedProfile) => Promise<Prepared>>> = {
  async pyroscope({ file, name, labels, from, until, tenant }) {
    const body = new FormData();
    body.set("profile", await openAsBlob(file), "profile.pb.gz");
    body.set("sample_type_config", new Blob([sampleTypes]), "sample_type_config.json");
    const list = Object.entries(labels).map(([label, value]) => `${label}=${value}`);
    const query = [
      ["name", `${name}{${list.join(",")}}`],
      ["from", String(Math.floor(from / 1000))],
      ["until", String(Math.ceil(until / 1000))],
      ["format", "pprof"],
      ["spyName", "hangscope"],
    ] as const;
    return { query, body, headers: tenant === undefined ? {} : { "x-scope-orgid": tenant } };
  },

  /** Its times are those in the file. */
  async parca({ file, name, labels, tenant }) {
    const { size } = await stat(file);
    if (size > mostParcaBytes) {
      const text = `${file} has ${formatBytes(size)}: a profile for Parca may have ${formatBytes(mostParcaBytes)}.`;
      throw new PushError("too-large", text);
    }
    const list = Object.entries({ __name__: "process_cpu", job: name, ...labels });
    const series = {
      labels: { labels: list.map(([label, value]) => ({ name: label, value })) },
      samples: [{ rawProfile: (await readFile(file)).toString("base64") }],
    };
    const body = JSON.stringify({ tenant: tenant ?? "", series: [series], normalized: true });
    return { query: [], body, headers: { "content-type": "application/json" } };
  },
};

const sampleTypes = JSON.stringify({
  samples: { units: "samples", aggregation: "sum", "display-name": "samples", sampled: true },
  time: { aggregation: "sum", "display-name": "time", sampled: true },
});

function describeFault(error: unknown): string {
  const { cause, name } = error as Error;
  if (name === "TimeoutError") return `it did not answer in ${answerMs / 1000} s`;
  const { code, message } = (cause ?? error) as NodeJS.ErrnoException;
  if (code === "ECONNREFUSED") return "nothing listens there";
  if (code === "ENOTFOUND") return "its host is not known";
  if (code === "ECONNRESET" || code === "UND_ERR_SOCKET") return "the connection was cut";
  return message;
}
