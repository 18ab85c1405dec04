/**
 * V8's own tool as the judge of our JavaScript stacks: `node --prof-process --preprocess` of the
 * Node that wrote the log. Known to be exact for JavaScript where it knows every mark.
 */
import { createWriteStream } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { finished } from "node:stream/promises";
import { categories, type Profile, tiers } from "../../src/profile/profile.ts";
import { run } from "../../src/toolchain/run.ts";

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

/** One line per tick: its JavaScript frames, innermost first, inlined ones folded back. */
export async function oracleStacks(node: string, log: string): Promise<string[]> {
  const out = `${log}.preprocessed.json`;
  const stream = createWriteStream(out);
  try {
    await run(
      { command: node, howToGet: "" },
      ["--max-old-space-size=8192", "--prof-process", "--preprocess", log],
      { timeoutMs: 0, onStdout: (chunk) => stream.write(chunk) },
    );
    stream.end();
    await finished(stream);
    const { code, ticks } = JSON.parse(await readFile(out, "utf8")) as Preprocessed;
    const names = code.map(({ name, type, kind }) =>
      type === "JS" && !wasm.test(name) ? `${tierOfKind[kind] ?? kind} ${name}` : undefined,
    );
    return ticks.map(({ s }) => {
      const stack: string[] = [];
      for (let i = 0; i < s.length; i += 2) {
        const name = names[s[i]!];
        if (name !== undefined) stack.push(name);
      }
      return stack.join(" < ");
    });
  } finally {
    stream.destroy();
    await rm(out, { force: true });
  }
}

/** The same of a profile that we read. */
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
