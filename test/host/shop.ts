/**
 * A small shop and a profile of it whose every number is known: 1000 samples of 1 ms. `shape.ts`
 * is compiled with a source map, the other files run as they are.
 */
import { addMapping, GenMapping, toEncodedMap } from "@jridgewell/gen-mapping";

const text = `/** Lines of a text. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let i = 0; i < offset; i++) {
    if (text.charCodeAt(i) === 10) line++;
  }
  return line;
}

export function parse(text: string): number[] {
  return [...text].map((_, i) => lineAt(text, i));
}

export const twice = (n: number) => n * 2, thrice = (n: number) => n * 3;
`;

const main = `import { parse } from "./text.ts";

function main(): void {
  parse("a");
}
main();
`;

const typed = `interface Shape {
  readonly width: number;
}

export function area(shape: Shape): number {
  return shape.width ** 2;
}
`;

const compiled = `export function area(shape) {
  return shape.width ** 2;
}
//# sourceMappingURL=shape.js.map
`;

/** The files by relative path, the profile last; `folderUrl` is where they will stand. */
export function shopFiles(folderUrl: string): [path: string, content: string][] {
  return [
    ["text.ts", text],
    ["main.ts", main],
    ["src/shape.ts", typed],
    ["node_modules/lib/index.js", "export function sort() {}\n"],
    ["dist/shape.js", compiled],
    ["dist/shape.js.map", shapeMap()],
    ["shop.cpuprofile", JSON.stringify(shopProfile(folderUrl))],
  ];
}

function shapeMap(): string {
  const map = new GenMapping({ file: "shape.js" });
  const source = "../src/shape.ts";
  const lines: [generated: number, original: number][] = [
    [1, 5],
    [2, 6],
    [3, 7],
  ];
  for (const [generated, original] of lines) {
    addMapping(map, {
      generated: { line: generated, column: 0 },
      source,
      original: { line: original, column: 0 },
    });
  }
  return JSON.stringify(toEncodedMap(map));
}

interface Call {
  readonly name: string;
  readonly url: string;
  /** 1-based. */
  readonly at: readonly [line: number, column: number];
  /** Samples by line. */
  readonly ticks: Readonly<Record<number, number>>;
  readonly calls?: readonly Call[];
}

function shopProfile(folderUrl: string) {
  const url = (path: string) => `${folderUrl}/${path}`;
  const inText = url("text.ts");
  return cpuprofile({
    name: "main",
    url: url("main.ts"),
    at: [3, 14],
    ticks: { 4: 10 },
    calls: [
      {
        name: "parse",
        url: inText,
        at: [10, 22],
        ticks: { 11: 100 },
        calls: [
          { name: "lineAt", url: inText, at: [2, 23], ticks: { 3: 2, 4: 148, 5: 500 } },
          { name: "twice", url: inText, at: [14, 22], ticks: { 14: 20 } },
          { name: "thrice", url: inText, at: [14, 52], ticks: { 14: 10 } },
        ],
      },
      { name: "area", url: url("dist/shape.js"), at: [1, 21], ticks: { 2: 100 } },
      { name: "sort", url: url("node_modules/lib/index.js"), at: [1, 21], ticks: { 1: 60 } },
      { name: "gone", url: "file:///nowhere/else/gone.js", at: [7, 1], ticks: { 8: 50 } },
    ],
  });
}

function cpuprofile(program: Call) {
  const nodes: object[] = [];
  const samples: number[] = [];
  const add = ({ name, url, at: [line, column], ticks, calls = [] }: Call): number => {
    const id = nodes.length + 1;
    const positionTicks = Object.entries(ticks).map(([tickLine, count]) => ({
      line: Number(tickLine),
      ticks: count,
    }));
    const hitCount = positionTicks.reduce((sum, tick) => sum + tick.ticks, 0);
    const callFrame = {
      functionName: name,
      scriptId: "1",
      url,
      lineNumber: line - 1,
      columnNumber: column - 1,
    };
    const children: number[] = [];
    nodes.push({ id, callFrame, hitCount, children, positionTicks });
    for (let i = 0; i < hitCount; i++) samples.push(id);
    for (const call of calls) children.push(add(call));
    return id;
  };
  add({ name: "(root)", url: "", at: [0, 0], ticks: {}, calls: [program] });
  const interval = 1000;
  return {
    nodes,
    samples,
    timeDeltas: samples.map((_, i) => (i === 0 ? 0 : interval)),
    startTime: 0,
    endTime: samples.length * interval,
  };
}
