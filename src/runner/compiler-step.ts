/** What xcodebuild is doing, short enough for a notification. */

/** `CompileSwift normal arm64 /p/F.swift (in target 'T' from project 'P')` */
const step = /^(?<action>[A-Z]\w+) (?<rest>.*?) ?\(in target '.*' from project '.*'\)$/;
/** An absolute path with its spaces escaped. */
const path = /(?:^|\s)\/((?:\\.|[^\s\\])+)/g;
const longest = 100;

/** The action and the file that it is about, as `CompileSwift F.swift`; other lines as they are. */
export function compilerStep(line: string): string {
  const { action, rest } = step.exec(line)?.groups ?? {};
  // What is made stands before what it is made from.
  const last = [...(rest ?? "").matchAll(path)].at(-1)?.[1];
  const name = last?.slice(last.lastIndexOf("/") + 1).replaceAll(/\\(.)/g, "$1");
  const short = action === undefined || !name ? line : `${action} ${name}`;
  return short.length > longest ? `${short.slice(0, longest)}…` : short;
}
