/** Reads the parts of an exported trace as one profile, and says of each part what it is worth. */
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ProfileBuilder } from "../../profile/builder.ts";
import type { Evidence, LeakGroup, Part } from "../../profile/evidence.ts";
import type { Profile } from "../../profile/profile.ts";
import { FormatError } from "../format-error.ts";
import type { FormatReader } from "../reader.ts";
import type { Leak } from "../xctrace/leaks.ts";
import { type ExportedTrace, readExport, withHangs } from "../xctrace/read-export.ts";
import { manifestHead, manifestSchema, type TraceManifest } from "./manifest.ts";

type PartName = "samples" | "hangs" | "leaks";

const format = "xctrace";

export const traceExportReader: FormatReader = {
  format,
  recognizes: (head) => manifestHead.test(head.toString("latin1", 0, 200)),
  async read(path, options = {}) {
    const manifest = await readManifest(path);
    const { files, run, pid } = manifest;
    const folder = dirname(path);
    const paths = Object.fromEntries(
      Object.entries(files).flatMap(([part, file]) =>
        file === undefined ? [] : [[part, resolve(folder, file)]],
      ),
    );
    const exported = await readExport(
      { ...paths, ...(run !== undefined && { run }), ...(pid !== undefined && { pid }) },
      options,
    );
    const profile = exported.profile ?? withoutSamples(manifest, exported);
    return {
      ...profile,
      meta: { ...profile.meta, title: manifest.title },
      warnings: [...profile.warnings, ...failureWarnings(manifest)],
      evidence: evidenceOf(manifest, exported),
    };
  },
};

async function readManifest(path: string): Promise<TraceManifest> {
  let found: unknown;
  try {
    found = JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new FormatError(path, { expected: "JSON", found: what, offset: 0 });
  }
  const parsed = manifestSchema.safeParse(found);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.join(".") ?? "";
  throw new FormatError(path, {
    expected: "an exported trace of version 1",
    found: `${place}: ${issue?.message ?? "something else"}`,
    offset: 0,
  });
}

/** Leaks and hangs stand for themselves. */
function withoutSamples({ title }: TraceManifest, exported: ExportedTrace): Profile {
  const seconds = exported.tocRun?.summary.duration ?? 0;
  const duration = Number.isFinite(seconds) ? seconds * 1e6 : 0;
  const profile = new ProfileBuilder().finish({ format, title, duration });
  return { ...withHangs(profile, exported.hangs ?? []), warnings: exported.warnings };
}

function failureWarnings({ failures }: TraceManifest): Profile["warnings"] {
  return failures.map(({ part, message }) => ({
    code: `${part}-export-failed`,
    message: `The ${part} of the trace were not exported whole: ${message}`,
    count: 1,
  }));
}

function evidenceOf(manifest: TraceManifest, exported: ExportedTrace): Evidence {
  const { leaks } = exported;
  const state = partOf("leaks", manifest, exported);
  const isOpen = state.state === "read" && leaks?.status === "not-finished";
  return {
    samples: partOf("samples", manifest, exported),
    hangs: partOf("hangs", manifest, exported),
    leaks: {
      ...(isOpen
        ? {
            state: "not-finished",
            reason:
              "The search for leaks had not finished when the recording ended: record for longer.",
          }
        : state),
      groups: groupLeaks(leaks?.rows ?? []),
    },
  };
}

function partOf(name: PartName, manifest: TraceManifest, exported: ExportedTrace): Part {
  const failure = manifest.failures.find(({ part }) => part === name);
  const unread = exported.warnings.find(({ code }) => code === `${name}-failed`);
  const isRead = name === "samples" ? exported.profile : exported[name];
  if (failure) {
    return { state: isRead ? "incomplete" : "failed", reason: failure.message };
  }
  if (unread) return { state: "failed", reason: unread.message };
  if (manifest.files[name] === undefined) {
    const known = manifest.notRecorded.find(({ part }) => part === name);
    return { state: "not-recorded", reason: known?.reason ?? `The trace holds no ${name}.` };
  }
  const broken = exported.warnings.some(({ code }) => code === "incomplete-file");
  if (name === "samples" && broken) {
    return { state: "incomplete", reason: "The exported file is broken off or damaged." };
  }
  return { state: "read", reason: "" };
}

/** By type and responsible function, most bytes first. */
export function groupLeaks(leaks: readonly Leak[]): LeakGroup[] {
  const groups = Map.groupBy(
    leaks,
    (leak) => `${leak.object}\n${leak.responsibleFrame}\n${leak.responsibleLibrary}`,
  );
  return [...groups.values()]
    .map((rows) => ({
      type: rows[0]!.object,
      frame: isAttributed(rows[0]!) ? rows[0]!.responsibleFrame : "",
      library: rows[0]!.responsibleLibrary,
      count: sum(rows, ({ count }) => count),
      bytes: sum(rows, ({ size, count }) => (Number.isNaN(size) ? 0 : size * count)),
    }))
    .sort((a, b) => b.bytes - a.bytes || b.count - a.count);
}

/** Instruments has words for what it does not know. */
function isAttributed({ responsibleFrame }: Leak): boolean {
  return !/^(<.*>|unknown|)$/i.test(responsibleFrame.trim());
}

function sum<T>(rows: readonly T[], value: (row: T) => number): number {
  return rows.reduce((total, row) => total + value(row), 0);
}
