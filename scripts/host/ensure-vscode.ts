/** Chooses the VS Code to run tests in or to open: a desktop where there is one, else the server. */
import { downloadAndUnzipVSCode } from "@vscode/test-electron";
import { ensureBrowser } from "./browser.ts";
import { cacheFolder } from "./paths.ts";
import { findProgram } from "./programs.ts";
import { ensureServer, vscodeVersion } from "./server-install.ts";
import { step } from "./step.ts";

export type VSCode =
  /** A desktop: the developer's own, or one of `.vscode-test/`. */
  | { readonly kind: "installed" | "downloaded"; readonly executable: string }
  /** The server of `.vscode-test/`, drawn by a browser. */
  | { readonly kind: "server" };

/**
 * Says which VS Code it is, after installing what that one lacks.
 *
 * Tests never run in the developer's own VS Code, whose version and settings are unknown.
 */
export async function ensureVSCode(purpose: "open" | "test"): Promise<VSCode> {
  const installed = purpose === "open" ? findInstalled() : undefined;
  if (installed) {
    console.log(`VS Code: the installed ${installed}`);
    return { kind: "installed", executable: installed };
  }
  if (hasDisplay() && (await canDownload())) {
    const executable = await step(`Downloading VS Code ${vscodeVersion}`, () =>
      downloadAndUnzipVSCode({ version: vscodeVersion, cachePath: cacheFolder }),
    );
    console.log(`VS Code: the downloaded desktop ${vscodeVersion}`);
    return { kind: "downloaded", executable };
  }
  await ensureServer();
  if (purpose === "test") await ensureBrowser();
  console.log(`VS Code: the server ${vscodeVersion} in a browser (no desktop to download or show)`);
  return { kind: "server" };
}

function findInstalled(): string | undefined {
  const names = process.platform === "win32" ? ["code.cmd"] : ["code"];
  const app = "/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code";
  return findProgram(names, process.platform === "darwin" ? [app] : []);
}

function hasDisplay(): boolean {
  const { DISPLAY, WAYLAND_DISPLAY } = process.env;
  return process.platform !== "linux" || Boolean(DISPLAY || WAYLAND_DISPLAY);
}

async function canDownload(): Promise<boolean> {
  const url = "https://update.code.visualstudio.com/api/releases/stable";
  try {
    const answer = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(3_000) });
    return answer.ok;
  } catch {
    return false;
  }
}
