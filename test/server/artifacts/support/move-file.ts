/** Moves a file to a store and back, and says the peak of its memory: `move-file.ts PLACE BYTES`. */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { getToFile } from "../../../../src/artifacts/get-file.ts";
import { openStore } from "../../../../src/artifacts/open-store.ts";

const [place, bytes] = process.argv.slice(2);
const markEvery = 1024 * 1024;

/** Mostly holes, so that making it takes no memory; with a mark here and there to tell its parts. */
async function makeFile(path: string, length: number): Promise<void> {
  const file = await open(path, "wx");
  await file.truncate(length);
  for (let at = 0; at < length; at += markEvery) await file.write(`tick,${at}`, at);
  await file.close();
}

async function digest(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

await makeFile("big.log", Number(bytes));
const store = await openStore(place!);
await store.put("a/warm-up", { stream: Readable.from([Buffer.from("x")]) });
const base = process.resourceUsage().maxRSS;
const start = performance.now();
await store.put("a/big", { file: "big.log" });
const uploaded = performance.now();
await getToFile(store, "a/big", "back.log");
const done = performance.now();
const peak = process.resourceUsage().maxRSS;
const same = (await digest("big.log")) === (await digest("back.log"));
await rm("big.log");
await rm("back.log");
store.close();
const mebibytes = (kibibytes: number) => Math.round(kibibytes / 1024);
const seconds = { up: (uploaded - start) / 1000, down: (done - uploaded) / 1000 };
console.log(JSON.stringify({ base: mebibytes(base), peak: mebibytes(peak), same, seconds }));
