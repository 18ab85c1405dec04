/**
 * Builds what ships into `dist/`: the extension, the server, its worker, the CLI and the webview.
 *
 * `--watch` rebuilds on every change; `--production` minifies and leaves the source maps out.
 */
import { rm } from "node:fs/promises";
import * as esbuild from "esbuild";

const watch = process.argv.includes("--watch");
const production = process.argv.includes("--production");

/** @type {esbuild.BuildOptions} */
const common = {
  bundle: true,
  sourcemap: production ? false : "linked",
  sourcesContent: false,
  minify: production,
  logLevel: "info",
  define: { "process.env.NODE_ENV": production ? '"production"' : '"development"' },
};

/** Node 22 is what the oldest VS Code of `engines.vscode` runs extensions on. */
const node = { ...common, platform: "node", target: "node22" };

/** Bundled CommonJS packages call `require`, which an ES module does not have. */
const requireShim =
  'import { createRequire as createRequireOfBundle } from "node:module";' +
  "const require = createRequireOfBundle(import.meta.url);";

/** @type {esbuild.BuildOptions} */
const programs = {
  ...node,
  outdir: "dist",
  format: "esm",
  // What is imported when first needed is not even read before.
  splitting: true,
  chunkNames: "chunk-[hash]",
  banner: { js: requireShim },
  external: ["vscode"],
};

/** @type {esbuild.BuildOptions[]} */
const bundles = [
  {
    ...programs,
    entryPoints: {
      extension: "extension/activate.ts",
      server: "src/server/main.ts",
      "health-thread": "src/server/health-thread.ts",
      "hash-worker": "src/runner/hashing/hash-worker.ts",
      "follow-worker": "src/hang/follow/follow-worker.ts",
      cli: "src/cli/bin.ts",
    },
  },
  // By itself: it would share a dozen small files, and the packager warns of more than a hundred.
  { ...programs, entryPoints: { worker: "src/profile-worker/worker.ts" } },
  {
    ...common,
    entryPoints: ["webview/main.tsx"],
    outfile: "dist/webview.js",
    platform: "browser",
    format: "iife",
    target: "chrome134",
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".ttf": "file" },
    assetNames: "[name]",
  },
];

// Chunks are named by their content: a build would leave the last one's behind.
await rm("dist", { recursive: true, force: true });
if (watch) {
  const contexts = await Promise.all(bundles.map((bundle) => esbuild.context(bundle)));
  // The first "[watch] build finished", which editors wait for, then means that all is built.
  await Promise.all(contexts.map((context) => context.rebuild().catch(() => undefined)));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  await Promise.all(bundles.map((bundle) => esbuild.build(bundle)));
}
