/** Which tables of a trace are worth exporting, and the path of each. */
import type { Toc } from "../../formats/xctrace/toc.ts";
import { CaptureError } from "../capture-error.ts";

export interface ExportPass {
  readonly part: "samples" | "hangs" | "leaks";
  /** For people. */
  readonly title: string;
  readonly xpath: string;
}

/** The first that a trace has is the best it has. */
const sampleSchemas = ["time-profile", "cpu-profile", "time-sample"];

/**
 * The passes for the newest run: without its number, a path means every run's tables.
 * @throws CaptureError `trace-unreadable` when there is no run.
 */
export function planPasses(toc: Toc): { run: number; passes: readonly ExportPass[] } {
  const run = toc.runs.at(-1);
  if (!run)
    throw new CaptureError("trace-unreadable", "The trace holds no run: nothing was recorded.");
  const root = `/trace-toc/run[@number="${run.number}"]`;
  const has = (schema: string) => run.tables.some((table) => table.schema === schema);
  const samples = sampleSchemas.find(has);
  const passes: ExportPass[] = [];
  if (samples !== undefined) {
    passes.push({ part: "samples", title: samples, xpath: tablePath(root, samples) });
  }
  if (has("potential-hangs")) {
    passes.push({ part: "hangs", title: "hangs", xpath: tablePath(root, "potential-hangs") });
  }
  if (run.details.some(({ track, name }) => track === "Leaks" && name === "Leaks")) {
    const xpath = `${root}/tracks/track[@name="Leaks"]/details/detail[@name="Leaks"]`;
    passes.push({ part: "leaks", title: "leaks", xpath });
  }
  return { run: run.number, passes };
}

function tablePath(root: string, schema: string): string {
  return `${root}/data/table[@schema="${schema}"]`;
}
