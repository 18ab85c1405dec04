/** Which of a store's artifacts are meant, and which machine each is from. */
import { basename, dirname } from "node:path/posix";
import { parseKey } from "../artifacts/key.ts";
import { type Artifact, byAge } from "../artifacts/store.ts";

export interface Choice {
  readonly which: "newest" | "all";
  /** A part of the key, as it stands there: nothing in it means anything else. */
  readonly match?: string;
}

/** V8 logs only, oldest first. */
export function chooseLogs(artifacts: readonly Artifact[], { which, match }: Choice): Artifact[] {
  const logs = artifacts
    .filter(({ kind, key }) => kind === "v8log" && (match === undefined || key.includes(match)))
    .sort(byAge);
  return which === "all" ? logs : logs.slice(-1);
}

/**
 * By key: the target, with the job where a target has several. Of a log that was not kept by us,
 * the folder that it lies in.
 * @param place of the store, whose end may hold the first parts of its keys
 */
export function machinesOf(keys: readonly string[], place: string): Map<string, string> {
  const parsed = keys.map((key) => {
    const full = `${place.replaceAll("\\", "/")}/${key}`;
    const own = parseKey(full);
    const target = own?.target || basename(dirname(full)) || "unknown";
    return { key, target, job: own?.job ?? "" };
  });
  const jobs = new Map<string, Set<string>>();
  for (const { target, job } of parsed) {
    jobs.set(target, (jobs.get(target) ?? new Set()).add(job));
  }
  return new Map(
    parsed.map(({ key, target, job }) => [
      key,
      jobs.get(target)!.size > 1 && job !== "" ? `${target}/${job}` : target,
    ]),
  );
}
