import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { ProfileBuilder } from "../../../src/profile/builder.ts";
import type { Profile } from "../../../src/profile/profile.ts";
import { nameNativeFrames } from "../../../src/symbols/native/name-native-frames.ts";
import { run } from "../../../src/toolchain/run.ts";

const elf = Buffer.from("\x7fELF----", "latin1");
const machO = Buffer.from([0xcf, 0xfa, 0xed, 0xfe, 0, 0, 0, 0]);

/** A profile of one JavaScript function that calls into a module at each address. */
function profileOf(module: string, addresses: readonly number[]): Profile {
  const builder = new ProfileBuilder();
  const js = builder.frame(builder.func({ name: "hot", category: "js" }));
  const bottom = builder.node(-1, js);
  const native = builder.func({ name: "(lib)", category: "native", module });
  addresses.forEach((address, i) => {
    builder.sample(builder.node(bottom, builder.frame(native, { address, tier: "native" })), i, 1);
  });
  return builder.finish({ format: "test", title: "test" });
}

const namesOf = ({ samples, nodes, frames, functions, strings }: Profile) =>
  Array.from(samples.node, (node) => strings[functions.name[frames.func[nodes.frame[node]!]!]!]);

describe("native symbols: naming frames", () => {
  let folder: string;
  let cacheDir: string;
  let module: string;
  const path = process.env["PATH"];

  /** Puts a program by that name first on PATH. */
  async function fakeTool(name: string, source: string) {
    const file = join(folder, "bin", name);
    await writeFile(file, `#!${process.execPath}\n${source}`);
    await chmod(file, 0o755);
  }

  const callsOf = async () =>
    (await readdir(folder)).filter((name) => name.startsWith("call-")).length;

  beforeEach(async function () {
    if (process.platform === "win32") this.skip();
    folder = await mkdtemp(join(tmpdir(), "hangscope-native-"));
    cacheDir = join(folder, "cache");
    module = join(folder, "lib with, space.so");
    await mkdir(join(folder, "bin"));
    process.env["PATH"] = join(folder, "bin");
  });

  afterEach(async () => {
    process.env["PATH"] = path;
    if (folder) await rm(folder, { recursive: true });
  });

  const segments = `
    LOAD off    0x0000000000000000 vaddr 0x0000000000400000 paddr 0x0 align 2**12
         filesz 0x0000000000001000 memsz 0x0000000000001000 flags r--
    LOAD off    0x0000000000001000 vaddr 0x0000000000802000 paddr 0x0 align 2**12
         filesz 0x0000000000001000 memsz 0x0000000000001000 flags r-x\n`;

  async function fakeElf(symbols: string) {
    await writeFile(module, elf);
    await fakeTool("objdump", `console.log(${JSON.stringify(segments)})`);
    const count = `require("fs").writeFileSync(${JSON.stringify(folder)} + "/call-" + Date.now() + process.pid, "");`;
    await fakeTool("nm", `${count} process.stdout.write(${JSON.stringify(symbols)})`);
    await fakeTool(
      "c++filt",
      `process.stdin.on("data", (d) => process.stdout.write(String(d).replaceAll("_Z3foov", "foo()")))`,
    );
  }

  const table =
    "0000000000802010 0000000000000010 T _Z3foov\n" +
    "0000000000802010 0000000000000010 t alias\n" +
    "0000000000400800 0000000000000010 T low\n" +
    "0000000000802100 T unsized@@VERS_1\n" +
    "0000000000802015 0000000000000010 D data\n" +
    "                 U undefined\n";

  it("finds the function through the segment's own difference of file and address", async () => {
    await fakeElf(table);
    const profile = profileOf(module, [0x1018, 0x805, 0x1105, 0x1030, 0x9999]);
    const named = await nameNativeFrames(profile, { cacheDir });
    assert.deepEqual(namesOf(named), ["foo()", "low", "unsized", "(lib)", "(lib)"]);
    assert.deepEqual(named.warnings, []);
  });

  it("shares what it does not change, and keeps module and category", async () => {
    await fakeElf(table);
    const profile = profileOf(module, [0x1018, 0x1019]);
    const named = await nameNativeFrames(profile, { cacheDir });
    assert.deepEqual(namesOf(profile), ["(lib)", "(lib)"]);
    for (const key of ["nodes", "samples", "threads", "markers"] as const) {
      assert.equal(named[key], profile[key]);
    }
    assert.equal(named.frames.address, profile.frames.address);
    const [first, second] = Array.from(named.samples.node, (node) => named.nodes.frame[node]!);
    const row = named.frames.func[first!]!;
    assert.equal(row, named.frames.func[second!]);
    assert.equal(named.functions.length, profile.functions.length + 1);
    assert.equal(named.strings[named.functions.module[row]!], module);
    assert.equal(named.functions.category[row], profile.functions.category[1]);
  });

  it("asks the tools once for a file, and again when it has changed", async () => {
    await fakeElf(table);
    const profile = profileOf(module, [0x1018, 0x1030]);
    await nameNativeFrames(profile, { cacheDir });
    assert.equal(await callsOf(), 1);
    assert.deepEqual(namesOf(await nameNativeFrames(profile, { cacheDir })), ["foo()", "(lib)"]);
    assert.equal(await callsOf(), 1);
    await nameNativeFrames(profileOf(module, [0x805]), { cacheDir });
    assert.equal(await callsOf(), 2);
    await writeFile(module, Buffer.concat([elf, elf]));
    await nameNativeFrames(profile, { cacheDir });
    assert.equal(await callsOf(), 3);
  });

  it("reads over a broken cache", async () => {
    await fakeElf(table);
    const profile = profileOf(module, [0x1018]);
    await nameNativeFrames(profile, { cacheDir });
    for (const name of await readdir(cacheDir)) await writeFile(join(cacheDir, name), `[["x"]]`);
    assert.deepEqual(namesOf(await nameNativeFrames(profile, { cacheDir })), ["foo()"]);
  });

  it("takes the exported names of a stripped library", async () => {
    await fakeElf("");
    await fakeTool("nm", `if (process.argv.includes("-D")) console.log("802010 10 T exported")`);
    const named = await nameNativeFrames(profileOf(module, [0x1018]), { cacheDir });
    assert.deepEqual(namesOf(named), ["exported"]);
  });

  it("takes addresses as linked on macOS, and the underscore off", async () => {
    await writeFile(module, machO);
    await fakeTool("nm", `console.log("0000000100001200 T __Z3foov\\n0000000100003000 t _bar")`);
    await fakeTool("c++filt", `process.stdin.pipe(process.stdout)`);
    const named = await nameNativeFrames(profileOf(module, [0x100001234, 0x100003001]), {
      cacheDir,
    });
    assert.deepEqual(namesOf(named), ["_Z3foov", "bar"]);
  });

  it("counts frames that a missing tool leaves without a name, and names the tool", async () => {
    await writeFile(module, elf);
    const named = await nameNativeFrames(profileOf(module, [1, 2]), { cacheDir });
    const [warning] = named.warnings;
    assert.deepEqual([warning?.code, warning?.count], ["native-tool-missing", 2]);
    assert.match(warning!.message, /objdump was not found\. Install /);
    assert.deepEqual(namesOf(named), ["(lib)", "(lib)"]);
  });

  it("counts frames of a module that is gone or that a tool fails at", async () => {
    const gone = await nameNativeFrames(profileOf(join(folder, "gone.so"), [1, 2, 3]), {
      cacheDir,
    });
    assert.deepEqual(
      gone.warnings.map(({ code, count }) => [code, count]),
      [["native-names", 3]],
    );
    await fakeElf(table);
    await fakeTool("nm", `console.error("bad file"); process.exit(1)`);
    const failed = await nameNativeFrames(profileOf(module, [1]), { cacheDir });
    assert.match(failed.warnings[0]!.message, /bad file/);
  });

  it("gives back the very profile when there is nothing to name", async () => {
    const profile = profileOf("[vdso]", [0x10]);
    assert.equal(await nameNativeFrames(profile, { cacheDir }), profile);
  });

  it("rejects with the signal's reason", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await assert.rejects(nameNativeFrames(profileOf(module, [1]), { cacheDir, signal }), /enough/);
  });

  it("names this Node's own functions as a sorted nm does, above vma 0x800000 too", async function () {
    if (process.platform !== "linux") this.skip();
    process.env["PATH"] = path;
    const sorted: { address: number; size: number; name: string }[] = [];
    let rest = "";
    await run(
      { command: "nm", howToGet: "" },
      ["-n", "-S", "-C", "--defined-only", process.execPath],
      {
        onStdout: (chunk) => {
          const lines = (rest + chunk).split("\n");
          rest = lines.pop()!;
          for (const line of lines) {
            const match = /^([0-9a-f]+) ([0-9a-f]+) [Tt] (.+)$/.exec(line);
            if (match) {
              const [address, size] = [match[1]!, match[2]!].map((digits) =>
                Number.parseInt(digits, 16),
              );
              sorted.push({ address: address!, size: size!, name: match[3]! });
            }
          }
        },
      },
    );
    const isAlone = (i: number) =>
      sorted[i]!.address !== sorted[i - 1]?.address &&
      sorted[i]!.address !== sorted[i + 1]?.address;
    const picked = [0.02, 0.2, 0.4, 0.6, 0.8, 0.98].map((part) => {
      let index = Math.floor(sorted.length * part);
      while (!isAlone(index) || sorted[index]!.size < 8) index++;
      return sorted[index]!;
    });
    assert.ok(picked.some(({ address }) => address > 0x800000));
    // This executable is linked at 0x400000, where its file begins; others at their own place.
    const { stdout } = await run({ command: "readelf", howToGet: "" }, ["-lW", process.execPath]);
    const loads = [...stdout.matchAll(/LOAD\s+0x(\w+)\s+0x(\w+)\s+0x\w+\s+0x(\w+)/g)].map((match) =>
      match.slice(1).map((digits) => Number.parseInt(digits, 16)),
    );
    const offsets = picked.map(({ address }) => {
      const [offset, start] = loads.find(
        ([, from, size]) => address >= from! && address < from! + size!,
      )!;
      return address - start! + offset! + 4;
    });
    const named = await nameNativeFrames(profileOf(process.execPath, offsets), { cacheDir });
    assert.deepEqual(
      namesOf(named),
      picked.map(({ name }) => name),
    );
  });
});
