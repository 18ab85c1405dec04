/** Where Chromium or Chrome is: on PATH, or where its installers put it. */
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const macPlaces = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
];
const windowsFolders = ["ProgramFiles", "ProgramFiles(x86)", "LocalAppData"];
const windowsPrograms = [
  ["Google", "Chrome", "Application", "chrome.exe"],
  ["Microsoft", "Edge", "Application", "msedge.exe"],
];

/** Absolute path; nothing when there is none. */
export async function findChromium(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  for (const place of placesOf(env, platform)) if (await isExecutable(place)) return place;
  return undefined;
}

/** In the order in which they are tried. */
export function placesOf(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string[] {
  if (platform === "win32") {
    const folders = windowsFolders.flatMap((name) => env[name] ?? []);
    return folders.flatMap((folder) => windowsPrograms.map((parts) => join(folder, ...parts)));
  }
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return platform === "darwin" ? [...onPath, ...macPlaces] : onPath;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
