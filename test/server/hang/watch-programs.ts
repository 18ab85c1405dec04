/** Programs for the watchdog: healthy ones, and one that hangs as often as it is told. */

/** Ends with its own code; nothing that a test framework puts in its place may stop its beat. */
export const healthy = `
const { Worker } = require("node:worker_threads");
const { writeFileSync } = require("node:fs");
const realSetTimeout = setTimeout;
globalThis.setInterval = globalThis.Date = require("node:fs").utimesSync = () => {
  throw new Error("replaced");
};
// A worker may well be busy: the main thread is not.
const worker = new Worker("for (;;);", { eval: true });
writeFileSync("up", String(process.pid));
realSetTimeout(() => process.exit(5), Number(process.argv[2]));`;

/** Hangs until a file is there; then again, until another is. */
export const hangsTwice = `
const { existsSync, writeFileSync } = require("node:fs");
function hangUntil(file) { while (!existsSync(file)); }
function firstHang() { hangUntil("first"); }
function secondHang() { hangUntil("second"); }
writeFileSync("up", String(process.pid));
setTimeout(() => {
  firstHang();
  setTimeout(() => { secondHang(); process.exitCode = 7; }, 2500);
}, 1500);`;
