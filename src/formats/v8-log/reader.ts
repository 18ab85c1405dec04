/** V8's `--prof` log, from Node 18 on and from Chromium, as a profile. One pass over the file. */
import { type FileHandle, open } from "node:fs/promises";
import { basename } from "node:path";
import { ProfileBuilder } from "../../profile/builder.ts";
import type { Profile } from "../../profile/profile.ts";
import { FormatError } from "../format-error.ts";
import type { FormatReader, ReadOptions } from "../reader.ts";
import { CodeFrames } from "./code-frames.ts";
import { FileSpans } from "./file-spans.ts";
import { LogParser } from "./log-parser.ts";
import { readLog } from "./log-stream.ts";
import { ScriptFiles } from "./script-files.ts";
import { addSourceMaps } from "./source-maps.ts";
import { SourceTables } from "./source-tables.ts";

const format = "v8-log";

/** A log that was cut at its start is still one. */
const firstLine =
  /^(?:v8-version|v8-platform|shared-library|profiler|code-creation|code-source-info|script-source|tick|new),[\w/\\.:[-]/;

export const v8LogReader: FormatReader = {
  format,
  recognizes: (head) => firstLine.test(head.toString("latin1", 0, 64)),
  async read(path, options = {}) {
    const file = await open(path);
    try {
      const first = await readOnce(file, path, options);
      if (first.betterBase === undefined) return first.profile;
      return (await readOnce(file, path, options, first.betterBase)).profile;
    } finally {
      await file.close();
    }
  },
};

async function readOnce(
  file: FileHandle,
  path: string,
  options: ReadOptions,
  builtinBase?: number,
): Promise<{ profile: Profile; betterBase: number | undefined }> {
  const builder = new ProfileBuilder();
  const spans = new FileSpans(file.fd);
  const tables = new SourceTables(spans);
  const frames = new CodeFrames(builder, spans, tables, new ScriptFiles());
  const parser = new LogParser(builder, frames, tables, builtinBase);
  await readLog(file, parser, options);
  if (parser.records === 0) {
    const head = spans.read({ offset: 0, length: 40 });
    throw new FormatError(path, {
      expected: "records of a V8 log",
      found: head.length > 0 ? JSON.stringify(head.toString("latin1")) : "an empty file",
      offset: 0,
    });
  }
  addSourceMaps(builder, frames);
  const profile = builder.finish({
    format,
    version: parser.version,
    title: basename(path),
    interval: parser.interval,
  });
  return { profile, betterBase: parser.betterBuiltinBase() };
}
