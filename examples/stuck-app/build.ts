/** Compiles the example as most programs are shipped: one bundled file with a source map. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** Gives the absolute path of the compiled program. */
export async function buildStuckApp(): Promise<string> {
  const folder = import.meta.dirname;
  const outfile = join(folder, "dist", "main.js");
  await build({
    entryPoints: [join(folder, "src", "main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node18",
    sourcemap: "linked",
    sourcesContent: false,
    logLevel: "warning",
  });
  return outfile;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildStuckApp();
