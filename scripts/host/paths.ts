/** Where things are. */
import { join } from "node:path";

export const root = join(import.meta.dirname, "..", "..");

/** Git-ignored; holds what the tests download. */
export const cacheFolder = join(root, ".vscode-test");
