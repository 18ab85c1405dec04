/** Starts the installed VS Code server. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { execa } from "execa";
import { run } from "../../src/toolchain/run.ts";
import { ensureServer } from "./server-install.ts";

export interface ServerOptions {
  /** Holds settings, logs and storage; made when it is missing. */
  readonly dataDir: string;
  readonly extensionsDir: string;
  /** Whether folders open as trusted; `false` opens them in Restricted Mode. Default true. */
  readonly trust?: boolean;
  /** Whether pages may load an extension under development and run its tests. Default true. */
  readonly development?: boolean;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** Added to the environment of the server and so of the extension host. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunningServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Ends the server and its extension hosts. */
  stop(): Promise<void>;
}

const startTimeoutMs = 60_000;

/** Starts VS Code and waits until it listens; installs it first where it is missing. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const folder = await ensureServer();
  await mkdir(options.dataDir, { recursive: true });
  await mkdir(options.extensionsDir, { recursive: true });
  const { trust = true, development = true } = options;
  const args = [
    join(folder, "out", "server-main.js"),
    ...["--host", "127.0.0.1", "--port", String(options.port ?? 0)],
    ...["--server-data-dir", options.dataDir, "--extensions-dir", options.extensionsDir],
    ...["--without-connection-token", "--accept-server-license-terms"],
    ...["--telemetry-level", "off", "--reconnection-grace-time", "3"],
    // The web page loads an extension under development only from a server started so.
    ...(development ? ["--enable-smoke-test-driver"] : []),
    ...(trust ? ["--disable-workspace-trust"] : []),
    // It would take the PATH of a login shell instead.
    ...(options.env?.["PATH"] !== undefined ? ["--force-disable-user-env"] : []),
  ];
  const logPath = join(options.dataDir, "server.log");
  const child = execa(process.execPath, args, {
    stdin: "ignore",
    stdout: ["pipe", { file: logPath }],
    stderr: { file: logPath },
    buffer: false,
    reject: false,
    // On SIGINT the server ends its extension hosts at once, on SIGTERM after seconds.
    killSignal: "SIGINT",
    forceKillAfterDelay: 5_000,
    env: { ...options.env },
  });
  const giveUp = setTimeout(() => child.kill(), startTimeoutMs);
  const port = await listeningPort(child.stdout);
  clearTimeout(giveUp);
  if (!port) throw new Error(`The VS Code server did not come up. Its output is in ${logPath}`);
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill();
      await child;
    },
  };
}

/** The port the server prints, or `undefined` when its output ends without one. */
async function listeningPort(output: Readable): Promise<string | undefined> {
  let seen = "";
  for await (const chunk of output.iterator({ destroyOnReturn: false })) {
    seen += chunk;
    const port = /Extension host agent listening on (\d+)/.exec(seen)?.[1];
    if (port) {
      output.resume();
      return port;
    }
  }
  return undefined;
}

/** Installs a packaged extension for servers that are then started with the same folders. */
export async function installExtension(
  vsix: string,
  { dataDir, extensionsDir }: Pick<ServerOptions, "dataDir" | "extensionsDir">,
): Promise<void> {
  const folder = await ensureServer();
  const node = { command: process.execPath, howToGet: "" };
  const folders = ["--server-data-dir", dataDir, "--extensions-dir", extensionsDir];
  const main = join(folder, "out", "server-main.js");
  await run(node, [main, "--accept-server-license-terms", ...folders, "--install-extension", vsix]);
}

/** A window that shows what was asked for and nothing else. */
const calm = {
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.reduceMotion": "on",
  // A window that is still starting moves the focus about.
  "workbench.quickOpen.closeOnFocusLost": false,
};

/** Replaces the settings of everyone who opens this server. A running window follows. */
export async function writeSettings(dataDir: string, settings: object): Promise<void> {
  const folder = join(dataDir, "data", "Machine");
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "settings.json"),
    JSON.stringify({ ...calm, ...settings }, undefined, 2),
  );
}
