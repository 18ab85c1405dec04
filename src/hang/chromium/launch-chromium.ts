/** Starts a Chromium of our own, with all its pages watched before their first script. */
import { CaptureError } from "../../capture/capture-error.ts";
import type { Sandbox } from "../../formats/hang-capture/hang-file.ts";
import type { Environment } from "../../toolchain/environment.ts";
import { identify } from "../../toolchain/process-identity/identity.ts";
import { armingFlags, waitForLog } from "./arming.ts";
import { BrowserProcess } from "./browser-process.ts";
import { findChromium } from "./find-chromium.ts";
import { followLogs } from "./follow-logs.ts";
import { PageWatch } from "./page-watch.ts";
import { createUserData, rememberBrowser, removeUserData, sweepUserData } from "./user-data.ts";

export interface ChromiumOptions {
  /** Absolute path; one that is installed otherwise. */
  readonly executable?: string | undefined;
  /** Absolute path of the folder for user data, which nothing else uses. */
  readonly root: string;
  readonly url: string;
  readonly headless?: boolean;
  /** With V8's sampler on. */
  readonly arm?: boolean;
  /** Over our own. */
  readonly env?: Environment;
  readonly signal?: AbortSignal | undefined;
}

export interface LaunchedChromium extends Sandbox {
  readonly pid: number;
  readonly executable: string;
  /** `host:port` of its inspector. */
  readonly address: string;
  readonly watch: PageWatch;
  /** Absolute path of the folder for V8's logs, when it was armed. */
  readonly logs?: string;
  readonly launchedAt: Date;
  /** Settles when it has ended, whyever. */
  readonly ended: Promise<void>;
  /** Ends it and removes its user data. */
  close(): Promise<void>;
}

const startMs = 20_000;

/**
 * With its sandbox, and without it only when a launch with it has failed.
 * @throws CaptureError `bad-address`, `no-browser`, `cannot-start`, or as `InspectorClient` does; the
 *   signal's reason when aborted.
 */
export async function launchChromium(options: ChromiumOptions): Promise<LaunchedChromium> {
  const { root, signal, env = {} } = options;
  const url = addressOf(options.url);
  const executable = options.executable ?? (await findChromium({ ...process.env, ...env }));
  if (executable === undefined) {
    throw new CaptureError("no-browser", "No browser was found. Install Chromium or Chrome.");
  }
  signal?.throwIfAborted();
  await sweepUserData(root);
  const launched = await launchSandboxed(executable, options);
  try {
    await launched.watch.navigate(url, signal);
    return launched;
  } catch (error) {
    await launched.close();
    throw error;
  }
}

/**
 * As a person writes it: without a scheme it is a server's.
 * @throws CaptureError `bad-address`.
 */
function addressOf(text: string): string {
  const url = /^(\w[\w+.-]*:\/\/|(about|data):)/i.test(text) ? text : `http://${text}`;
  if (URL.canParse(url)) return url;
  throw new CaptureError("bad-address", `"${text}" is no address that a browser can open.`);
}

async function launchSandboxed(
  executable: string,
  options: ChromiumOptions,
): Promise<LaunchedChromium> {
  try {
    return { ...(await launch(executable, [], options)), sandbox: "on" };
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    // A browser that cannot start at all says so a second time.
    const launched = await launch(executable, ["--no-sandbox"], options);
    return { ...launched, sandbox: "off", withoutSandbox: error.message };
  }
}

async function launch(
  executable: string,
  flags: readonly string[],
  { root, headless = false, arm = false, env = {}, signal }: ChromiumOptions,
): Promise<Omit<LaunchedChromium, keyof Sandbox>> {
  const launchedAt = new Date();
  const data = await createUserData(root);
  const arming = arm ? await armingFlags(data) : undefined;
  const args = [
    ...flags,
    `--user-data-dir=${data}`,
    "--remote-debugging-port=0",
    "--no-first-run",
    "--no-default-browser-check",
    ...(arming?.flags ?? []),
    ...(headless ? ["--headless=new"] : []),
    "about:blank",
  ];
  const browser = new BrowserProcess(executable, args, { cwd: arming?.folder ?? data, env });
  let watch: PageWatch | undefined;
  const unfollow = arming && followLogs(arming.folder);
  const close = async () => {
    watch?.close();
    await browser.end();
    await unfollow?.();
    await removeUserData(data);
  };
  try {
    const limit = AbortSignal.timeout(startMs);
    const within = signal ? AbortSignal.any([signal, limit]) : limit;
    const { address, webSocket } = await browser.inspector(data, within);
    const pid = browser.pid!;
    const identity = await identify(pid);
    if (identity) await rememberBrowser(data, identity);
    watch = await PageWatch.start(webSocket, within);
    await watch.ready(within);
    if (arming) await waitForLog(arming.folder, within);
    const { ended } = browser;
    return {
      pid,
      executable,
      launchedAt,
      address,
      watch,
      ended,
      close,
      ...(arming && { logs: arming.folder }),
    };
  } catch (error) {
    await close();
    signal?.throwIfAborted();
    if (error instanceof CaptureError && error.code === "unwritten-log") throw error;
    const said = lastLine(browser.output) || describe(error);
    throw new CaptureError("cannot-start", `${executable} did not start: ${said}`, {
      cause: error,
    });
  }
}

/** Without the process, time and file that Chromium begins a line with. */
function lastLine(output: string): string {
  return (output.trim().split("\n").at(-1) ?? "").replace(/^\[[\d:/.]+:[A-Z]+:[^\]]*\] /, "");
}

function describe(error: unknown): string {
  return error instanceof CaptureError ? error.message : `it took over ${startMs / 1000} s.`;
}
