/** What the answers of `profile.query` have in common, as schemas. */
import * as z from "zod";
import type { Column } from "../profile/columns.ts";
import { categories, weightUnits } from "../profile/profile.ts";

/** Numbers that travel in binary where a call is answered in frames, and as a list in JSON. */
export function column<T extends Column>(type: abstract new (...args: never[]) => T): z.ZodType<T> {
  return z
    .custom<T>((value) => value instanceof type)
    .meta({
      type: "array",
      items: { type: "number" },
      description: `Binary in frames: ${type.name}`,
    });
}

export const count = z.number().int().min(0);
export const microseconds = z.number();
export const total = microseconds.describe("Microseconds that the filter lets through");
export const category = z.enum(categories).meta({ id: "Category" });

export const functionInfo = z
  .object({
    id: count,
    name: z.string(),
    url: z.string(),
    line: count.describe("1-based, 0 for unknown"),
    column: count,
    category,
    module: z.string(),
  })
  .meta({ id: "Function", description: "At its original position where that is known" });

export const boxes = z
  .object({
    id: column(Int32Array),
    depth: column(Uint32Array),
    func: column(Uint32Array),
    start: column(Float64Array),
    self: column(Float64Array),
    total: column(Float64Array),
  })
  .meta({
    id: "Boxes",
    description:
      "In preorder. id is a tree node for a later root, -1 for none; func indexes functions; start is microseconds from the left edge",
  });

export const warning = z
  .object({ code: z.string(), message: z.string(), count })
  .meta({ id: "Warning", description: "What could not be read" });

export const thread = z.object({
  id: z.number(),
  name: z.string(),
  pid: z.number().exactOptional(),
  process: z.string().exactOptional().describe("The name of that process"),
});

export const weightUnit = z
  .enum(weightUnits)
  .describe("Of self, total and time; times are microseconds whatever it is");

export const meta = z
  .object({
    format: z.string(),
    version: z.string().describe("The producer's"),
    title: z.string(),
    duration: microseconds,
    interval: microseconds.describe("Between samples, 0 when unknown"),
    weightUnit,
  })
  .meta({ id: "Meta" });
