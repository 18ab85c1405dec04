/** One list of what was said while it built and what the result bundle says at the end. */
import { type Diagnostic, maxDiagnostics } from "./diagnostic.ts";
import { linkerMessage, withoutPrivate } from "./result-bundle.ts";

/** What was said as it came stands first, and gains what only the bundle knows. */
export function mergeDiagnostics(
  said: readonly Diagnostic[],
  bundled: readonly Diagnostic[],
): Diagnostic[] {
  const merged = said.map((each) => ({ ...each }));
  for (const found of bundled) {
    const same = merged.findIndex((each) => isSame(each, found));
    if (same < 0) merged.push(found);
    else if (found.target !== undefined) merged[same] = { ...merged[same]!, target: found.target };
  }
  return merged.slice(0, maxDiagnostics);
}

function isSame(a: Diagnostic, b: Diagnostic): boolean {
  if (a.severity !== b.severity) return false;
  // The bundle tells each undefined symbol alone; the linker's lines have them all.
  if (a.kind === "link" && (b.kind === "link" || linkerMessage.test(b.message))) {
    return b.file === undefined;
  }
  if (pathOf(a) !== pathOf(b)) {
    // Where one of them has no place, its words decide.
    const unplaced = a.file === undefined || b.file === undefined;
    return unplaced && isSameText(a.message, b.message);
  }
  if (a.file === undefined || a.line === undefined || b.line === undefined) {
    return isSameText(a.message, b.message);
  }
  if (a.line !== b.line) return false;
  const isSameColumn = a.column === b.column;
  return isSameColumn && a.column !== undefined ? true : isSameText(a.message, b.message);
}

function pathOf({ file }: Diagnostic): string | undefined {
  return file === undefined ? undefined : withoutPrivate(file);
}

/** Either may say more around the same words, as `error: m (in target 'T' from project 'P')`. */
function isSameText(a: string, b: string): boolean {
  const [one, other] = [words(a), words(b)];
  return one !== "" && other !== "" && (one.startsWith(other) || other.startsWith(one));
}

function words(text: string): string {
  return text
    .replace(/^-\[\S+ [^\]]+\] : /, "")
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase();
}
