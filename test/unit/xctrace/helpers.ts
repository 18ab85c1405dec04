/** Exports from text, and what a reader made of them in words. */

import { readSamples, type SampleOptions } from "../../../src/formats/xctrace/reader.ts";
import type { Profile } from "../../../src/profile/profile.ts";
import { checkProfile, withFile } from "../cpuprofile/helpers.ts";

export { checkProfile, warningsOf, withFile } from "../cpuprofile/helpers.ts";

const columns = [
  ["time", "sample-time"],
  ["thread", "thread"],
  ["process", "process"],
  ["core", "core"],
  ["thread-state", "thread-state"],
  ["weight", "weight"],
  ["stack", "backtrace"],
] as const;

export interface TableSpec {
  readonly schema?: string;
  /** Mnemonic and engineering type. */
  readonly columns?: readonly (readonly [string, string])[];
  /** Rows as XML, with or without `<row>`. */
  readonly rows?: readonly string[];
  readonly xpath?: string;
}

export function tableNode({
  schema = "time-profile",
  columns: own = columns,
  rows = [],
  xpath = "//trace-toc[1]/run[1]/data[1]/table[1]",
}: TableSpec): string {
  const header = own.map(
    ([mnemonic, type]) =>
      `<col><mnemonic>${mnemonic}</mnemonic><name>${mnemonic}</name><engineering-type>${type}</engineering-type></col>`,
  );
  const body = rows.map((row) => (row.startsWith("<row") ? row : `<row>${row}</row>`)).join("\n");
  return `<node xpath='${xpath}'><schema name="${schema}">${header.join("")}</schema>${body}</node>`;
}

export function exportOf(...nodes: readonly string[]): string {
  return `<?xml version="1.0"?>\n<trace-query-result>\n${nodes.join("\n")}</trace-query-result>\n`;
}

/** The cells before the stack: at 1 ms, on the main thread of Shop (7), 2 ms. */
export const usual =
  '<sample-time id="1" fmt="00:00.001">1000000</sample-time>' +
  '<thread id="2" fmt="Main Thread 0x10 (Shop, pid: 7)"><tid id="3" fmt="0x10">16</tid><process id="4" fmt="Shop (7)"><pid id="5" fmt="7">7</pid><device-session id="6" fmt="TODO">TODO</device-session></process></thread>' +
  '<process ref="4"/><core id="7" fmt="CPU 0">0</core><thread-state id="8" fmt="Running">Running</thread-state><weight id="9" fmt="2.00 ms">2000000</weight>';

/** The same, all references. */
export const usualAgain =
  '<sample-time ref="1"/><thread ref="2"/><process ref="4"/><core ref="7"/><thread-state ref="8"/><weight ref="9"/>';

export function readText(text: string, options?: SampleOptions): Promise<Profile> {
  return withFile(
    text,
    async (path) => {
      const profile = await readSamples(path, options);
      checkProfile(profile);
      return profile;
    },
    "samples.xml",
  );
}

export function readTable(spec: TableSpec, options?: SampleOptions): Promise<Profile> {
  return readText(exportOf(tableNode(spec)), options);
}

/** One sample of these stacks each. */
export function readStacks(stacks: readonly string[], type = "backtrace"): Promise<Profile> {
  const own = columns.map(
    ([mnemonic, known]) => [mnemonic, mnemonic === "stack" ? type : known] as const,
  );
  const rows = stacks.map((stack, i) => (i === 0 ? usual : usualAgain) + stack);
  return readTable({ columns: own, rows });
}

export interface ShownFrame {
  readonly name: string;
  readonly module: string;
  readonly url: string;
  readonly line: number;
  readonly inlined: boolean;
}

/** Innermost first. */
export function framesAt(
  { nodes, frames, functions, strings }: Profile,
  node: number,
): ShownFrame[] {
  const shown: ShownFrame[] = [];
  for (let at = node; at >= 0; at = nodes.parent[at]!) {
    const frame = nodes.frame[at]!;
    const func = frames.func[frame]!;
    shown.push({
      name: strings[functions.name[func]!]!,
      module: strings[functions.module[func]!]!,
      url: strings[functions.url[func]!]!,
      line: frames.line[frame]!,
      inlined: frames.inlined[frame] === 1,
    });
  }
  return shown;
}

/** By sample: names, innermost first. */
export function stacksOf(profile: Profile): string[][] {
  return Array.from(profile.samples.node, (node) =>
    framesAt(profile, node).map(({ name }) => name),
  );
}
