/**
 * V8's own tool as the judge of our JavaScript stacks: `node --prof-process --preprocess` of the
 * Node that wrote the log. Known to be exact for JavaScript where it knows every mark.
 */
import { readFile, rm } from "node:fs/promises";
import { execa } from "execa";
import { categories, type Profile, tiers } from "../../src/profile/profile.ts";

interface Preprocessed {
  readonly code: readonly { readonly name: string; readonly type: string; readonly kind: string }[];
  readonly ticks: readonly { readonly s: readonly number[] }[];
}

const tierOfKind: Readonly<Record<string, string>> = {
  Unopt: "interpreter",
  Ignition: "interpreter",
  Sparkplug: "baseline",
  Baseline: "baseline",
  Maglev: "maglev",
  Opt: "turbofan",
  Turbofan: "turbofan",
};

const wasm = /^(?:[+*^~]?)wasm-function\[/;

/** One line per tick of what the tool printed: its JavaScript frames, innermost first. */
export async function readOracle(output: string): Promise<string[]> {
  const { code, ticks } = JSON.parse(await readFile(output, "utf8")) as Preprocessed;
  const names = code.map(({ name, type, kind }) =>
    type === "JS" && !wasm.test(name) ? `${tierOfKind[kind] ?? kind} ${name}` : undefined,
  );
  return ticks.map(({ s }) => {
    const stack: string[] = [];
    // Code and the offset into it, in pairs.
    for (let i = 0; i < s.length; i += 2) {
      const name = names[s[i]!];
      if (name !== undefined) stack.push(name);
    }
    return stack.join(" < ");
  });
}

/** The same, by running the Node that wrote the log. */
export async function oracleStacks(node: string, log: string): Promise<string[]> {
  const output = `${log}.preprocessed.json`;
  try {
    const args = ["--max-old-space-size=8192", "--prof-process", "--preprocess", log];
    await execa(node, args, { stdout: { file: output } });
    return await readOracle(output);
  } finally {
    await rm(output, { force: true });
  }
}

/** The same of a profile that we read, inlined frames folded back. */
export function profileStacks(profile: Profile): string[] {
  const { strings, functions, frames, nodes, samples } = profile;
  const frameNames = Array.from({ length: frames.length }, (_, frame) => {
    const func = frames.func[frame]!;
    if (categories[functions.category[func]!] !== "js" || frames.inlined[frame]) return undefined;
    const place = `${functions.line[func]}:${functions.column[func]}`;
    const name = `${strings[functions.name[func]!]} ${strings[functions.url[func]!]}:${place}`;
    return `${tiers[frames.tier[frame]!]} ${name}`;
  });
  return Array.from(samples.node, (node) => {
    const stack: string[] = [];
    for (let at = node; at >= 0; at = nodes.parent[at]!) {
      const name = frameNames[nodes.frame[at]!];
      if (name !== undefined) stack.push(name);
    }
    return stack.join(" < ");
  });
}
