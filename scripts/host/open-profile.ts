/** Opens a profile in VS Code with an extension loaded from its sources, for a person to look at. */
import { join } from "node:path";
import { execa } from "execa";
import { workbenchUrl } from "./drive.ts";
import type { VSCode } from "./ensure-vscode.ts";
import { cacheFolder } from "./paths.ts";
import { startServer, writeSettings } from "./server.ts";

interface Opening {
  /** Folder of the extension. */
  readonly extension: string;
  /** Folder to open. */
  readonly folder: string;
  readonly profile: string;
}

/** Ends when the desktop does, or when the server is stopped with Ctrl-C. */
export async function openProfile(vscode: VSCode, opening: Opening): Promise<void> {
  if (vscode.kind === "server") return openInServer(opening);
  // The developer's own VS Code keeps its settings; a downloaded one stays out of their way.
  const own = vscode.kind === "installed";
  const { extension, folder, profile } = opening;
  const args = [
    "--new-window",
    `--extensionDevelopmentPath=${extension}`,
    ...(own ? [] : [`--user-data-dir=${join(cacheFolder, "user-data")}`, "--skip-welcome"]),
    folder,
    profile,
  ];
  await execa(vscode.executable, args, { stdio: ["ignore", "inherit", "inherit"] });
}

async function openInServer({ extension, folder, profile }: Opening): Promise<void> {
  const dataDir = join(cacheFolder, "start");
  // A file in the address is opened before the window knows our extension.
  const editors = {
    "*-v8.log": "hangscope.v8log",
    "*.v8log": "hangscope.v8log",
    "*.hangscope-trace": "hangscope.trace",
    "*.hangscope-hang": "hangscope.trace",
  };
  await writeSettings(dataDir, { "workbench.editorAssociations": editors });
  const server = await startServer({ dataDir, extensionsDir: join(dataDir, "extensions") });
  const url = workbenchUrl(server.url, {
    folder,
    extensionDevelopmentPath: extension,
    openFile: profile,
  });
  console.log(`\nVS Code is at\n\n  ${url}\n\nPress Ctrl-C to stop it.`);
  await new Promise<void>((resolve) => {
    process.once("SIGINT", resolve);
    process.once("SIGTERM", resolve);
  });
  await server.stop();
}
