/**
 * Darwin notifications between stand-ins: a post reaches who has registered before it, and nobody
 * after. A listener is a file; a post turns it into another.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Call } from "./call.ts";

const pollMs = 5;

export interface Listener {
  readonly posted: Promise<void>;
}

export function register(call: Call, name: string): Listener {
  const folder = folderOf(call, name);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${process.pid}.waiting`);
  writeFileSync(file, "");
  return { posted: untilGone(file) };
}

export function post(call: Call, name: string): void {
  const folder = folderOf(call, name);
  if (!existsSync(folder)) return;
  for (const file of readdirSync(folder)) {
    if (!file.endsWith(".waiting")) continue;
    renameSync(join(folder, file), join(folder, file.replace(/waiting$/, "posted")));
  }
}

async function untilGone(file: string): Promise<void> {
  while (existsSync(file)) await sleep(pollMs);
}

function folderOf(call: Call, name: string): string {
  return join(call.folder, "notifications", encodeURIComponent(name));
}
