/** Folders for the user data of browsers that we start: private, and removed after them. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ensurePrivateFolder, writePrivateFile } from "../../toolchain/private-file.ts";
import {
  identify,
  isSame,
  type ProcessIdentity,
  processIdentitySchema,
} from "../../toolchain/process-identity/identity.ts";

const identityName = "hangscope-browser.json";
const pollMs = 50;

export async function createUserData(root: string): Promise<string> {
  await ensurePrivateFolder(root);
  return mkdtemp(join(root, `${process.pid}-`));
}

export async function rememberBrowser(data: string, identity: ProcessIdentity): Promise<void> {
  await writePrivateFile(join(data, identityName), JSON.stringify(identity));
}

export async function removeUserData(data: string): Promise<void> {
  // Its last processes may still write.
  await rm(data, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

/** Ends and removes what was left by those that died before they could. */
export async function sweepUserData(root: string): Promise<void> {
  const names = await readdir(root).catch(() => []);
  await Promise.all(names.map((name) => sweep(root, name)));
}

async function sweep(root: string, name: string): Promise<void> {
  const launcher = Number(/^(\d+)-\w{6}$/.exec(name)?.[1]);
  if (!launcher || (await identify(launcher))) return;
  const data = join(root, name);
  const browser = await rememberedBrowser(data);
  if (!browser || (await endOrphan(browser))) await removeUserData(data);
}

/** @returns whether it is gone. One that is in doubt is left alone. */
async function endOrphan(browser: ProcessIdentity): Promise<boolean> {
  for (const [signal, waitMs] of [
    ["SIGTERM", 5_000],
    ["SIGKILL", 2_000],
  ] as const) {
    if ((await isSame(browser)) !== "same") break;
    try {
      process.kill(browser.pid, signal);
    } catch {
      // It has ended meanwhile.
    }
    const start = performance.now();
    // One that ends has no command line left, and is not the same any more before it is gone.
    const isThere = async () => (await identify(browser.pid)) !== undefined;
    while (performance.now() - start < waitMs && (await isThere())) await sleep(pollMs);
  }
  return (await isSame(browser)) === "gone";
}

async function rememberedBrowser(data: string): Promise<ProcessIdentity | undefined> {
  try {
    return processIdentitySchema.parse(
      JSON.parse(await readFile(join(data, identityName), "utf8")),
    );
  } catch {
    return undefined;
  }
}
