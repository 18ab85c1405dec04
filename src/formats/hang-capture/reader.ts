/** Reads the stacks of a hang as a profile that counts samples: how often, never how long. */
import { readFile, stat } from "node:fs/promises";
import { ProfileBuilder } from "../../profile/builder.ts";
import type { Evidence } from "../../profile/evidence.ts";
import { noParent, type Profile } from "../../profile/profile.ts";
import { categorize } from "../cpuprofile/categorize.ts";
import { FormatError } from "../format-error.ts";
import type { FormatReader } from "../reader.ts";
import { type HangFile, hangFileSchema, hangHead } from "./hang-file.ts";
import { mappedFrame, reportOf } from "./report.ts";

const format = "hang";
/** A capture of runaway recursion has some megabytes. */
const largestFile = 256 << 20;

export const hangReader: FormatReader = {
  format,
  recognizes: (head) => hangHead.test(head.toString("latin1", 0, 200)),
  async read(path) {
    return profileOf(await readHangFile(path));
  },
};

/** @throws FormatError when it is none. */
export async function readHangFile(path: string): Promise<HangFile> {
  const { size } = await stat(path);
  if (size > largestFile) {
    const expected = `a capture of at most ${largestFile} bytes`;
    throw new FormatError(path, { expected, found: `${size} bytes`, offset: largestFile });
  }
  const found = parse(path, await readFile(path, "utf8"));
  const { data, error } = hangFileSchema.safeParse(found);
  if (data) return data;
  const [issue] = error.issues;
  throw new FormatError(path, {
    expected: "a capture of a hang, version 1",
    found: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "something else"}`,
    offset: 0,
  });
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FormatError(path, { expected: "JSON", found: (error as Error).message, offset: 0 });
  }
}

function evidenceOf({ samples }: Profile, file: HangFile): Evidence {
  const { responsive } = file;
  const read = { state: "read", reason: "" } as const;
  const reason = "A capture of a hang looks for no leaks.";
  return {
    samples: read,
    hangs:
      samples.length > 0 || responsive
        ? read
        : { state: "failed", reason: "No step could look at the stack." },
    leaks: { state: "not-recorded", reason, groups: [] },
    account: (frameOf) => reportOf(file, (frame) => mappedFrame(frameOf(frame))),
  };
}

/** @returns the file with stacks of frames that it has, none of them empty. */
function withoutUnknownFrames(file: HangFile): { sound: HangFile; unknown: number } {
  let unknown = 0;
  const isKnown = (index: number) => {
    const known = index < file.frames.length;
    if (!known) unknown++;
    return known;
  };
  const stacks = file.stacks.map((stack) => ({ ...stack, frames: stack.frames.filter(isKnown) }));
  return { sound: { ...file, stacks: stacks.filter(({ frames }) => frames.length > 0) }, unknown };
}

export function profileOf(file: HangFile): Profile {
  const builder = new ProfileBuilder();
  const frames = file.frames.map(({ name, url, line, column, module, ...start }) => {
    const category = module === "" ? categorize(name, url, line) : "native";
    const position = { line: start.functionLine, column: start.functionColumn };
    const func = builder.func({ name, url, module, category, ...position });
    return builder.frame(func, { line, column, tier: module === "" ? "unknown" : "native" });
  });
  const { sound, unknown } = withoutUnknownFrames(file);
  for (const { time, samples, frames: stack } of sound.stacks) {
    let node = noParent;
    for (const index of stack.toReversed()) node = builder.node(node, frames[index]!);
    builder.sample(node, time, samples);
  }
  if (unknown > 0) {
    builder.warn("unknown-frame", "Stacks name frames that the file lacks.", unknown);
  }
  for (const script of file.scripts) builder.script(script);
  if (builder.sampleCount > 0 && !file.responsive) {
    const span = { thread: 0, start: 0, duration: Math.max(file.duration, 1) };
    builder.marker({ name: "Hang", kind: "hang", category: "unaccounted", ...span });
  }
  for (const { outcome, reason = "", message } of file.steps) {
    if (outcome === "failed") builder.warn(reason, message);
  }
  const { title, duration } = file;
  const profile = builder.finish({ format, title, duration, weightUnit: "samples" });
  return { ...profile, evidence: evidenceOf(profile, sound) };
}
