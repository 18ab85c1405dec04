/** `hangscope push`: a profile at a profiling service. */
import { randomUUID } from "node:crypto";
import { open, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { querySchema } from "../profile/query.ts";
import { parseEndpoint, type Service } from "../push/endpoint.ts";
import { checkName, parseLabel } from "../push/labels.ts";
import { push } from "../push/push.ts";
import { PushError } from "../push/push-error.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import { CliError, exitCodes } from "./failure.ts";
import { withProfile } from "./with-profile.ts";

export interface PushFlags {
  readonly to: string;
  readonly as?: Service;
  readonly name?: string;
  readonly label: readonly string[];
  readonly tenant?: string;
  readonly now?: true;
}

/** @returns what to print. */
export async function pushCommand(
  file: string,
  flags: PushFlags,
  task: TaskOptions,
): Promise<string> {
  const { endpoint, name, labels } = checked(() => ({
    endpoint: parseEndpoint(flags.to, flags.as, process.env["HANGSCOPE_PUSH_TOKEN"]),
    name: checkName(flags.name ?? basename(process.cwd()).replace(/[^\w./:-]+/g, "-")),
    labels: Object.fromEntries(flags.label.map(parseLabel)),
  }));
  const tenant = flags.tenant === undefined ? {} : { tenant: flags.tenant };
  const send = async (path: string, from: number, until: number) => {
    task.onProgress?.({ message: `Sending it to ${endpoint.url.host}` });
    await push(endpoint, { file: path, name, labels, from, until, ...tenant }, task);
    return `${endpoint.service} at ${endpoint.url.host} has it as ${name}.`;
  };
  const written = async () => (flags.now ? Date.now() : (await stat(file)).mtimeMs);
  if (await isGzip(file)) {
    const until = await written();
    return send(resolve(file), until, until);
  }
  const pprof = join(tmpdir(), `hangscope-push-${randomUUID()}.pb.gz`);
  try {
    const { from, until } = await withProfile(file, task, async (profile) => {
      const summary = await profile.query(querySchema.parse({ kind: "summary" }), task);
      const durationMs = summary.kind === "summary" ? summary.meta.duration / 1000 : 0;
      const end = await written();
      await profile.write("pprof", pprof, task, { startedAt: end - durationMs });
      return { from: end - durationMs, until: end };
    });
    return await send(pprof, from, until);
  } finally {
    await rm(pprof, { force: true });
  }
}

/** What was wrong before anything was done is wrong usage. */
function checked<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof PushError ? new CliError(error.message, exitCodes.usage) : error;
  }
}

/** A pprof file goes as it is. */
async function isGzip(path: string): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  if (!file) return false;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b;
  } catch {
    return false;
  } finally {
    await file.close();
  }
}
