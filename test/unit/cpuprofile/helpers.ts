/** Reads a profile from text as a file, and sums the model up the slow way. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cpuprofileReader } from "../../../src/formats/cpuprofile/reader.ts";
import type { Profile } from "../../../src/profile/profile.ts";
import { addTo, type Times } from "../../generators/cpuprofile-documents.ts";

/** Runs with the path of a file that holds the content, and takes the file away. */
export async function withFile<T>(
  content: string | Uint8Array,
  use: (path: string) => Promise<T>,
  name = "test.cpuprofile",
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "hangscope-"));
  try {
    const path = join(folder, name);
    await writeFile(path, content);
    return await use(path);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export function readContent(content: string | Uint8Array): Promise<Profile> {
  return withFile(content, (path) => cpuprofileReader.read(path));
}

export function readDocument(document: unknown): Promise<Profile> {
  return readContent(JSON.stringify(document));
}

/** Warnings as counts by code. */
export function warningsOf(profile: Profile): Record<string, number> {
  return Object.fromEntries(profile.warnings.map(({ code, count }) => [code, count]));
}

/** Function names from the bottom of a stack, each with its line where the frame has one. */
export function stackOf(profile: Profile, node: number): string[] {
  const stack: string[] = [];
  for (let at = node; at >= 0; at = profile.nodes.parent[at]!) {
    const frame = profile.nodes.frame[at]!;
    const line = profile.frames.line[frame]!;
    stack.unshift(nameOf(profile, at) + (line > 0 ? `:${line}` : ""));
  }
  return stack;
}

export function nameOf({ nodes, frames, functions, strings }: Profile, node: number): string {
  return strings[functions.name[frames.func[nodes.frame[node]!]!]!]!;
}

export function timesOf(profile: Profile): Times {
  const times = { self: new Map<string, number>(), total: new Map<string, number>() };
  const { samples, nodes } = profile;
  for (let i = 0; i < samples.length; i++) {
    const stack = new Set<string>();
    for (let node = samples.node[i]!; node >= 0; node = nodes.parent[node]!) {
      stack.add(nameOf(profile, node));
    }
    addTo(times.self, nameOf(profile, samples.node[i]!), samples.weight[i]!);
    for (const name of stack) addTo(times.total, name, samples.weight[i]!);
  }
  return times;
}

/** @throws when the profile breaks a promise that every view builds on. */
export function checkProfile({ nodes, frames, functions, samples, strings, threads }: Profile) {
  const check = (holds: boolean, promise: string) => {
    if (!holds) throw new Error(`Broken: ${promise}`);
  };
  for (let i = 0; i < nodes.length; i++) {
    check(nodes.parent[i]! < i && nodes.parent[i]! >= -1, "a node comes after its parent");
    check(nodes.frame[i]! < frames.length, "a node has a frame");
  }
  for (const func of frames.func) check(func < functions.length, "a frame has a function");
  for (const name of functions.name) check(name < strings.length, "a function has a name");
  let before = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < samples.length; i++) {
    const newThread = i > 0 && samples.thread[i] !== samples.thread[i - 1];
    check(samples.node[i]! < nodes.length, "a sample has a node");
    check(samples.thread[i]! < threads.length, "a sample has a thread");
    check(samples.weight[i]! >= 0, "a weight is not negative");
    check(newThread || samples.time[i]! >= before, "samples are in time order");
    before = samples.time[i]!;
  }
}
