/** What `analyze --json` prints, and what the table is made of. */

import { type Category, categories, type Warning, type WeightUnit } from "../profile/profile.ts";
import type {
  AnswerTo,
  HotFunction,
  QueryInput,
  QueryKind,
  ReportFunction,
} from "../profile/query.ts";
import type { ProfileWorker } from "../profile-worker/profile-worker.ts";
import type { TaskOptions } from "../toolchain/progress.ts";

/** A stable shape: fields may be added, none taken away or changed. */
export interface Analysis {
  /** Of the file that was read, such as `v8-log`. */
  readonly format: string;
  /** The producer's: V8's for a log. */
  readonly version: string;
  /** Of `self` and `total`. */
  readonly unit: "us" | Exclude<WeightUnit, "microseconds">;
  readonly samples: {
    readonly total: number;
    readonly byCategory: Readonly<Record<Category, number>>;
  };
  readonly durationMs: number;
  /** By self time. Positions are those that the engine ran; `original` is the source's. */
  readonly functions: readonly ReportFunction[];
  readonly warnings: readonly Warning[];
}

export async function analyze(
  profile: ProfileWorker,
  top: number | undefined,
  task: TaskOptions,
): Promise<Analysis> {
  const { meta, samples, byCategory, warnings } = await ask(profile, { kind: "summary" }, task);
  const limit = top === undefined ? {} : { limit: top };
  const { functions } = await ask(profile, { kind: "report", ...limit }, task);
  const counts = new Map(byCategory.map(({ category, samples: count }) => [category, count]));
  return {
    format: meta.format,
    version: meta.version,
    unit: meta.weightUnit === "microseconds" ? "us" : meta.weightUnit,
    samples: {
      total: samples,
      byCategory: Object.fromEntries(
        categories.map((category) => [category, counts.get(category) ?? 0]),
      ) as Record<Category, number>,
    },
    durationMs: Math.round(meta.duration) / 1000,
    functions,
    warnings,
  };
}

export interface Hottest {
  /** Microseconds that shares are shares of: all but idle time. */
  readonly total: number;
  /** The hottest function with a source; none in a profile without. */
  readonly func: HotFunction | undefined;
}

export async function findHottest(profile: ProfileWorker, task: TaskOptions): Promise<Hottest> {
  const { functions, total } = await ask(profile, { kind: "hottest", limit: 1 }, task);
  return { func: functions[0], total };
}

async function ask<K extends QueryKind>(
  profile: ProfileWorker,
  query: Extract<QueryInput, { kind: K }>,
  task: TaskOptions,
): Promise<AnswerTo<K>> {
  const { querySchema } = await import("../profile/query.ts");
  return (await profile.query(querySchema.parse(query), task)) as AnswerTo<K>;
}
