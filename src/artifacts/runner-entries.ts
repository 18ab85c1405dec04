/** Cached runners in a store: a fleet's machines build each once. */

import type { TaskOptions } from "../toolchain/progress.ts";
import { ArtifactError } from "./artifact-error.ts";
import { getToFile } from "./get-file.ts";
import { parseKey } from "./key.ts";
import { newKey } from "./origin.ts";
import { type ArtifactStore, byAge } from "./store.ts";

/** What is the same on every machine; the step is the entry's own key. */
const origin = { env: "runners", project: "hangscope", job: "cache", target: "any" };

/**
 * @param entry key in the cache of runners
 * @param file the entry as it was exported
 * @returns the artifact's key
 */
export async function putRunner(
  store: ArtifactStore,
  entry: string,
  file: string,
  task: TaskOptions,
): Promise<string> {
  const key = newKey({ ...origin, step: entry }, "runner");
  await store.put(key, { file }, task);
  return key;
}

/**
 * Fetches the newest one.
 * @param entry key in the cache of runners, or its beginning; of any when absent
 * @throws ArtifactError `no-such-artifact`
 */
export async function getRunner(
  store: ArtifactStore,
  entry: string | undefined,
  output: string,
  task: TaskOptions,
): Promise<void> {
  const all = (await store.list("", task)).toSorted(byAge);
  const found = all.findLast(({ key }) => {
    const parsed = parseKey(key);
    return parsed?.kind === "runner" && parsed.step.startsWith(entry ?? "");
  });
  if (!found) {
    const which = entry === undefined ? "no runner" : `no runner ${entry}`;
    throw new ArtifactError("no-such-artifact", `There is ${which} in ${store.place}.`);
  }
  await getToFile(store, found.key, output, task);
}
