import { fileURLToPath } from "node:url";

/** What other tools open: a path where the script is a file. Never throws. */
export function pathOfUrl(url: string): string {
  try {
    return url.startsWith("file:") ? fileURLToPath(url) : url;
  } catch {
    return url;
  }
}
