/** Script URLs and file paths, compared as any platform would, on any platform. */

/** The path that a `file:` URL names; anything else comes back as it is. */
export function urlToPath(url: string): string {
  if (!url.startsWith("file://")) return url;
  let path = url.slice("file://".length);
  try {
    path = decodeURIComponent(path);
  } catch {
    // A stray "%" in a raw path: V8 logs what the program gave it.
  }
  if (!path.startsWith("/")) return `//${path}`;
  return /^\/[A-Za-z]:/.test(path) ? path.slice(1) : path;
}

/** Whether a URL or path names the same file. Drive letters and slashes are Windows's own. */
export function samePath(a: string, b: string): boolean {
  return a === b || normalPath(a) === normalPath(b);
}

function normalPath(urlOrPath: string): string {
  const path = urlToPath(urlOrPath);
  return /^[A-Za-z]:[\\/]/.test(path) ? path.replaceAll("\\", "/").toLowerCase() : path;
}
