/** Tables of any size, from the generator of big exports. */
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { ExportSpec, StackShape as GeneratorShape } from "../../generators/xctrace.ts";
import type { TraceContent } from "../scenario-types.ts";
import { generationOf, type StackShape } from "./generations.ts";
import type { Found } from "./xpath.ts";

const shapes: Readonly<Record<StackShape, GeneratorShape>> = {
  addresses: "addresses",
  frames: "frames",
  tagged: "nested",
  "tagged-frames": "direct",
};

/** What to generate for a query that found one table, if the scenario wants it big. */
export function bigTable(found: readonly Found[], content: TraceContent): ExportSpec | undefined {
  const [only, another] = found;
  const schema = only?.element.attributes["schema"] ?? "";
  const bytes = content.tables?.[schema]?.bytes;
  const run = only?.element.run;
  if (another || !run || bytes === undefined) return undefined;
  if (schema !== "time-profile" && schema !== "cpu-profile") return undefined;
  return { schema, bytes, shape: shapes[generationOf(run.xcode).stacks] };
}

export async function writeBigTable(path: string, spec: ExportSpec): Promise<void> {
  // Loaded only where it is needed: most calls of a stand-in are short.
  const { writeExport } = await import("../../generators/xctrace.ts");
  await writeExport(path, spec);
}

/** Through a file, because that is what the generator writes. */
export async function pipeBigTable(
  path: string,
  spec: ExportSpec,
  write: (parts: Iterable<string>) => Promise<void>,
): Promise<void> {
  await writeBigTable(path, spec);
  for await (const chunk of createReadStream(path, "utf8")) await write([chunk as string]);
  await rm(path);
}
