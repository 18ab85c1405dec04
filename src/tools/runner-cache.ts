import * as z from "zod";
import { metadataSchema } from "../runner/cache/cache-key.ts";
import { defaultBounds } from "../runner/cache/prune.ts";
import type { RunnerService } from "../runner/provider.ts";
import { environmentOf } from "./caller.ts";
import { defineTool, ToolError } from "./tool.ts";

const entry = z
  .object({
    key: z.string(),
    folder: z.string().describe("Absolute path"),
    bytes: z.number().int().nonnegative(),
    createdAt: z.string().describe("ISO 8601; empty when it cannot be read"),
    usedAt: z.number().describe("Milliseconds since the epoch; 0 for never"),
    bad: z.string().exactOptional().describe("Why it is not used any more"),
    metadata: metadataSchema.exactOptional().describe("What it was built from"),
  })
  .readonly();

export const runnerCache = defineTool({
  name: "runner.cache",
  title: "Look after the cache of runners",
  description:
    "Lists the cached runners, removes all of them (clean), those out of bounds (prune) or one (remove), or moves one to and from a .tar.zst or .tar.gz (export, import). What is in use stays.",
  input: z.object({
    action: z.enum(["list", "clean", "prune", "remove", "export", "import"]),
    file: z.string().optional().describe("Absolute path; for export and import"),
    key: z
      .string()
      .optional()
      .describe("Or how it begins; for remove, and for export when there is more than one"),
    maxBytes: z.number().int().nonnegative().default(defaultBounds.maxBytes),
    maxEntries: z.number().int().nonnegative().default(defaultBounds.maxEntries),
    cacheDir: z.string().optional().describe("Absolute path, in place of the user's cache"),
  }),
  output: z.object({
    entries: z.array(entry).readonly().describe("Those there are now, last used first"),
    removed: z.array(z.string()).readonly().describe("Keys"),
    moved: z.string().exactOptional().describe("Key of what was exported or imported"),
  }),
  readOnly: false,
  async run({ action, file, key, maxBytes, maxEntries, cacheDir }, { services, caller, ...rest }) {
    const { runners } = services;
    const task = { ...rest, env: environmentOf(caller) };
    const none = { maxBytes: 0, maxEntries: 0 };
    const bounds = action === "clean" ? none : { maxBytes, maxEntries };
    const removed = [
      ...(action === "clean" || action === "prune"
        ? await runners.pruneCache(bounds, cacheDir)
        : []),
      ...(action === "remove" ? [await removeOne(runners, key, cacheDir)] : []),
    ];
    let moved: string | undefined;
    if (action === "export" || action === "import") {
      if (file === undefined) throw new ToolError("bad-input", `Give a file to ${action}.`);
      if (action === "import") moved = await runners.importEntry(file, task, cacheDir);
      else {
        moved = keyOf(await runners.listCache(cacheDir), key);
        await runners.exportEntry(moved, file, task, cacheDir);
      }
    }
    const entries = await runners.listCache(cacheDir);
    return { entries, removed, ...(moved !== undefined && { moved }) };
  },
});

async function removeOne(
  runners: RunnerService,
  key: string | undefined,
  cacheDir: string | undefined,
): Promise<string> {
  if (key === undefined) throw new ToolError("bad-input", "Give the key of what to remove.");
  const entries = await runners.listCache(cacheDir);
  const [found, ...more] = entries.filter((each) => key && each.key.startsWith(key));
  if (!found) throw new ToolError("no-such-entry", "There is no such entry in the cache.");
  if (more.length > 0) throw ambiguous([found, ...more]);
  if (await runners.removeEntry(found.key, cacheDir)) return found.key;
  const message = "A runner runs from it, or it is being built: stop that first.";
  throw new ToolError("in-use", message);
}

type Listed = readonly { readonly key: string; readonly bad?: string }[];

/** @param start of the key, as far as it is needed to tell which */
function keyOf(entries: Listed, start = ""): string {
  const usable = entries.filter(({ key, bad }) => key.startsWith(start) && bad === undefined);
  const [only, ...more] = usable;
  if (only && more.length === 0) return only.key;
  if (only) throw ambiguous(usable);
  const which = start === "" ? "" : ` ${start}`;
  throw new ToolError("bad-input", `There is no usable entry${which} to export.`);
}

function ambiguous(entries: Listed): ToolError {
  const keys = entries.map(({ key }) => key.slice(0, 12)).join(", ");
  return new ToolError("bad-input", `There are several: give more of a key. ${keys}`);
}
