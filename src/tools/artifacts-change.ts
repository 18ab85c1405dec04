import * as z from "zod";
import { type ArtifactContext, keySchema, storeSchema, withStore } from "./artifacts-schema.ts";
import { defineTool } from "./tool.ts";

export const artifactsChange = defineTool({
  name: "artifacts.change",
  title: "Remove, pin or unpin kept evidence",
  description:
    "Removes an artifact, or pins it, so that it stays whatever the store's bounds and cannot be removed before it is unpinned.",
  input: z.object({
    store: storeSchema,
    action: z.enum(["remove", "pin", "unpin"]),
    key: keySchema,
  }),
  output: z.object({ store: z.string(), key: z.string() }),
  readOnly: false,
  run({ store: place, action, key }, { services, ...task }: ArtifactContext) {
    return withStore(place, services, async (store) => {
      if (action === "remove") await store.remove(key, task);
      else await store.setPinned(key, action === "pin", task);
      return { store: store.place, key };
    });
  },
});
