/** `npm run bench -- <suite> [options]`: each suite is a file beside this one. */
const suites: Readonly<
  Record<string, () => Promise<{ bench(args: readonly string[]): Promise<void> }>>
> = {
  runner: () => import("./runner.ts"),
  server: () => import("./server.ts"),
  v8: () => import("./v8.ts"),
  watch: () => import("./watch.ts"),
  window: () => import("./window.ts"),
  xctrace: () => import("./xctrace.ts"),
};

const [name = "", ...args] = process.argv.slice(2);
const load = suites[name];
if (load) {
  const { bench } = await load();
  await bench(args);
} else {
  console.error(`Usage: npm run bench -- ${Object.keys(suites).join("|")} [options]`);
  process.exitCode = 2;
}
