/** Compiles the tests that run inside VS Code, which loads CommonJS. */
import { globSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "../host/paths.ts";

/** @returns the path of the module that runs them all. */
export async function buildHostTests(): Promise<string> {
  const source = join(root, "test/host/api");
  const compiled = join(root, "out/test/host");
  rmSync(compiled, { recursive: true, force: true });
  await build({
    entryPoints: [join(source, "index.ts"), ...globSync(join(source, "**/*.test.ts"))],
    outdir: compiled,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node22",
    external: ["vscode", "mocha"],
    sourcemap: "inline",
    logLevel: "warning",
  });
  return join(compiled, "index.cjs");
}

if (import.meta.main) await buildHostTests();
