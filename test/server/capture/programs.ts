/** Small programs and folders for the capture tests. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Works for about a quarter of a second. */
export const busy = "const end = Date.now() + 250; while (Date.now() < end);";

/** Works until it is ended. */
export const endless = "function peg() { for (;;); } setTimeout(peg, 50);";

/** Gives each test a folder with these files, and deletes it after. */
export async function withFolder(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<void>,
): Promise<void> {
  // Names that a shell, an option string or V8's own log name would take apart.
  const root = await mkdtemp(join(tmpdir(), "hang scope's %p "));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), text, { mode: 0o755 });
    }
    await use(root);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
