/** Which files an entry has. The list may come from another machine: nothing in it leads out. */

/** By its path below the products' folder. */
export type ProductFile =
  | {
      readonly path: string;
      readonly size: number;
      readonly sha256: string;
      readonly executable: boolean;
    }
  | { readonly path: string; readonly link: string };

/** The files, or why they are none. Written out: it is read at every restore. */
export function parseProductList(text: string): readonly ProductFile[] | string {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return "its list of files is damaged";
  }
  if (!Array.isArray(list) || list.length === 0) return "its list of files is empty";
  const wrong = list.find((file) => !isProductFile(file));
  return wrong === undefined ? (list as ProductFile[]) : `its list has ${JSON.stringify(wrong)}`;
}

function isProductFile(file: unknown): file is ProductFile {
  if (typeof file !== "object" || file === null) return false;
  const { path, size, sha256, executable, link } = file as Record<string, unknown>;
  if (typeof path !== "string" || !isInnerPath(path)) return false;
  if (link !== undefined) return typeof link === "string" && leadsInside(path, link);
  return (
    Number.isSafeInteger(size) &&
    (size as number) >= 0 &&
    typeof executable === "boolean" &&
    typeof sha256 === "string" &&
    /^[0-9a-f]{64}$/.test(sha256)
  );
}

/** Below a folder, with slashes, and never out of it. */
export function isInnerPath(path: string): boolean {
  if (path.startsWith("/") || path.includes("\\") || /^[A-Za-z]:/.test(path)) return false;
  return path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

function leadsInside(path: string, link: string): boolean {
  if (link === "" || link.startsWith("/") || link.includes("\\")) return false;
  const parts = path.split("/").slice(0, -1);
  for (const part of link.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return false;
  }
  return true;
}
