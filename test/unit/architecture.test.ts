/** Holds the code to ARCHITECTURE.md: imports point down its table of rooms. */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** Room → rooms it may import besides itself, as the table orders them. */
function roomsBelow(): Map<string, Set<string>> {
  const table = readFileSync(join(root, "ARCHITECTURE.md"), "utf8");
  const rooms = [...table.matchAll(/^\| `([\w/-]+)\/` \|/gm)].map(([, room]) => room!);
  const below = new Map(rooms.map((room, i) => [room, new Set(rooms.slice(i + 1))]));
  below.set("webview", new Set(["src/profile", "src/results"]));
  below.set("src/profile", new Set());
  return below;
}

interface Import {
  readonly file: string;
  readonly specifier: string;
}

function imports(): Import[] {
  return globSync(["{src,extension,webview}/**/*.{ts,tsx}"], { cwd: root }).flatMap((file) => {
    const text = readFileSync(join(root, file), "utf8");
    const found = text.matchAll(/^(?:import|export)\b[^;]*?"([^"]+)"|import\("([^"]+)"\)/gm);
    return [...found].map(([, from, dynamic]) => ({
      file: file.split(sep).join("/"),
      specifier: (from ?? dynamic)!,
    }));
  });
}

function roomOf(file: string): string {
  const [top, second] = file.split("/");
  return top === "src" ? `${top}/${second}` : top!;
}

describe("architecture", () => {
  const below = roomsBelow();
  const all = imports();

  it("knows every room", () => {
    const rooms = new Set(all.map(({ file }) => roomOf(file)));
    assert.deepEqual([...rooms].filter((room) => !below.has(room)).sort(), []);
  });

  it("keeps the code of tools out of who only calls them", () => {
    const loaded = globSync(["{src/launcher,extension}/**/*.ts"], { cwd: root }).filter((file) =>
      /^import (?!type)[^;]*\/tools\/index\.ts"/m.test(readFileSync(join(root, file), "utf8")),
    );
    assert.deepEqual(loaded, []);
  });

  it("reads no package when the extension is activated", () => {
    const read = new Set(["extension/activate.ts"]);
    const packages: string[] = [];
    for (const file of read) {
      const text = readFileSync(join(root, file), "utf8");
      const found = text.matchAll(/^(?:import|export) (?!type )(?:[^;"]* from )?"([^"]+)";/gm);
      for (const [, specifier] of found) {
        if (specifier!.startsWith(".")) read.add(join(dirname(file), specifier!));
        else if (!/^(?:node:|vscode$)/.test(specifier!)) packages.push(`${file} → ${specifier}`);
      }
    }
    assert.ok(read.size > 50);
    assert.deepEqual(packages, []);
  });

  it("lets imports point down only", () => {
    const upwards = all
      .filter(({ specifier }) => specifier.startsWith("."))
      .map(({ file, specifier }) => {
        const target = relative(root, resolve(root, dirname(file), specifier));
        return { file, target: target.split(sep).join("/") };
      })
      .filter(({ file, target }) => {
        const [from, to] = [roomOf(file), roomOf(target)];
        return from !== to && below.has(to) && !below.get(from)?.has(to);
      })
      .map(({ file, target }) => `${file} → ${target}`);
    assert.deepEqual(upwards, []);
  });

  it("keeps vscode inside extension/", () => {
    const strays = all.filter(
      ({ file, specifier }) => specifier === "vscode" && !file.startsWith("extension/"),
    );
    assert.deepEqual(strays, []);
  });
});
