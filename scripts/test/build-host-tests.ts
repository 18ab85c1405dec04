/** Compiles the tests that run inside VS Code, which loads CommonJS. */
import { globSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build, type Plugin } from "esbuild";
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
    plugins: [keepDirname],
  });
  return join(compiled, "index.cjs");
}

/** CommonJS has no `import.meta`, and in the bundle a module stands elsewhere. */
const keepDirname: Plugin = {
  name: "keep-dirname",
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const folder = JSON.stringify(dirname(path));
      return { contents: text.replaceAll("import.meta.dirname", folder), loader: "ts" };
    });
  },
};

if (import.meta.main) await buildHostTests();
