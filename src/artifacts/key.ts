/**
 * Names of artifacts: `env/project/job/target/step/<time>-<seq>.<kind>`. Whatever a part was made
 * from, it is a plain file name on every system and in every S3-compatible store.
 */

/** What is kept. An Apple trace's export is a folder, kept as one tar file. */
export const artifactKinds = [
  "v8log",
  "cpuprofile",
  "heapprofile",
  "xctrace",
  "hang",
  "runner",
] as const;
export type ArtifactKind = (typeof artifactKinds)[number];

/** Where evidence comes from, in the words of whoever captured it. */
export interface Origin {
  readonly env: string;
  readonly project: string;
  readonly job: string;
  /** The machine or device. */
  readonly target: string;
  readonly step: string;
}

export interface KeySpec extends Origin {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Tells apart what was kept in the same millisecond: lower-case letters and digits. */
  readonly seq: string;
  readonly kind: ArtifactKind;
}

const longestPart = 64;
/** Names that Windows keeps for devices, with any extension. */
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d|conin|conout|clock)(?:\.|$)/i;
/** Marks what was changed, so that names that differed still do. */
const digestLength = 10;

/**
 * A plain file name: letters, digits, `.`, `_` and `-`, of at most 64 characters. A name that is
 * one already stays; any other loses what is unsafe and gains a digest of what it was.
 */
export function safePart(text: string): string {
  if (isSafePart(text)) return text;
  const kept = text
    .slice(0, longestPart)
    .replace(/[^A-Za-z0-9._-]+/g, "_")
    .replace(/^[._-]+|[._-]+$/g, "")
    .slice(0, longestPart - digestLength - 3);
  // Loaded when needed: few names are unsafe, and every command would wait for it.
  const { createHash } = process.getBuiltinModule("node:crypto");
  const digest = createHash("sha256").update(text, "utf16le").digest("hex").slice(0, digestLength);
  // "x" begins what would begin with a device's name, or with nothing.
  const name = kept === "" || reserved.test(kept) ? `x_${kept}` : kept;
  return `${name.replace(/[._-]+$/, "")}-${digest}`;
}

/** What it was made from, where only blanks were unsafe in it; as it is otherwise. */
export function spokenPart(part: string): string {
  const words = part.replace(/-[\da-f]{10}$/, "").replaceAll("_", " ");
  return words !== part && safePart(words) === part ? words : part;
}

function isSafePart(text: string): boolean {
  return (
    text.length <= longestPart && /^[A-Za-z0-9][\w.-]*(?<![.-])$/.test(text) && !reserved.test(text)
  );
}

/** @throws RangeError for a time or sequence that no key can hold. */
export function artifactKey({ time, seq, kind, ...origin }: KeySpec): string {
  if (!/^[0-9a-z]{1,16}$/.test(seq)) throw new RangeError(`${seq} is no sequence of a key.`);
  const { env, project, job, target, step } = origin;
  const parts = [env, project, job, target, step].map(safePart);
  return `${parts.join("/")}/${stamp(time)}-${seq}.${kind}`;
}

/** `20261121T143559123Z`: sorts as time does, and is a file name everywhere. */
function stamp(time: number): string {
  return new Date(time).toISOString().replace(/[-:.]/g, "");
}

export interface ParsedKey extends Origin {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly kind: ArtifactKind;
}

const leafForm = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-[0-9a-z]{1,16}\.([a-z0-9]+)$/;

/** What its parts say; parts that a store's prefix swallowed are `""`. `undefined` for another's name. */
export function parseKey(key: string): ParsedKey | undefined {
  const parts = key.split("/");
  const [, year, month, day, hour, minute, second, ms, name] =
    leafForm.exec(parts.at(-1) ?? "") ?? [];
  const kind = artifactKinds.find((each) => each === name);
  if (!kind) return undefined;
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  if (Number.isNaN(time)) return undefined;
  const [step = "", target = "", job = "", project = "", env = ""] = parts.slice(0, -1).reverse();
  return { env, project, job, target, step, time, kind };
}

/** Whether a name stays below its store, whoever made it. */
export function isPlainKey(key: string): boolean {
  const parts = key.split("/");
  return (
    key.length <= 1024 &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    parts.every((part) => part !== "" && !part.startsWith(".") && !/[\\:\0-\x1f\x7f]/.test(part))
  );
}

/** Of a file that was not kept by us, by its name; for logs that somebody gathered by hand. */
export function kindOfName(name: string): ArtifactKind | undefined {
  const parsed = parseKey(name);
  if (parsed) return parsed.kind;
  if (/(?:^|[-.])v8\.log$|\.v8log$/.test(name)) return "v8log";
  if (/\.(?:cpuprofile|heapprofile)$/.test(name)) {
    return name.endsWith(".cpuprofile") ? "cpuprofile" : "heapprofile";
  }
  return undefined;
}
