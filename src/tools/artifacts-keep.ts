import * as z from "zod";
import { ownershipOf } from "../artifacts/deletion-rule.ts";
import { EvidenceKeeper } from "../artifacts/keep-evidence.ts";
import { defaultOrigin, newKey } from "../artifacts/origin.ts";
import { settleLog } from "../artifacts/settle-log.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import { kindSchema, storeSchema, withStore } from "./artifacts-schema.ts";
import type { Services } from "./services.ts";
import { defineTool } from "./tool.ts";

const defaultSessionBytes = 2 * 1024 ** 3;

const keptSchema = z
  .object({
    file: z.string(),
    outcome: z.enum(["uploaded", "failed", "declined"]),
    key: z.string().exactOptional().describe("Of what was uploaded"),
    reason: z.string().exactOptional().describe("One sentence: why it was not, or why a log stays"),
    isDeleted: z.boolean().describe("Of the local file"),
  })
  .readonly();
export type KeptFile = z.output<typeof keptSchema>;

/** All that it needs: it runs in a terminal as well, with its AWS configuration. */
interface KeepContext extends TaskOptions {
  readonly services: Pick<Services, "artifactFolder" | "uploads">;
}

export const artifactsKeep = defineTool({
  name: "artifacts.keep",
  title: "Keep what a capture left",
  description:
    "Keeps the files of a capture in a folder or an S3 bucket, one after the other, as far as the session's budget goes. Best effort: it says of each file what became of it, and a file that was not uploaded stays. A V8 log goes only where that is asked for, once its upload is confirmed, when it is the given process's own and nobody holds it open.",
  input: z.object({
    store: storeSchema,
    files: z.array(
      z.object({
        file: z.string().describe("Absolute path"),
        kind: kindSchema,
        pid: z.number().int().optional().describe("Of the process that it is of"),
      }),
    ),
    folder: z.string().optional().describe("Absolute path of the project, which names it"),
    job: z.string().optional(),
    step: z.string().optional(),
    sessionBytes: z
      .number()
      .int()
      .nonnegative()
      .default(defaultSessionBytes)
      .describe("Uploads beyond it are declined; none is cut short"),
    deleteLogs: z.boolean().default(false).describe("V8 logs go once they are safe"),
  }),
  output: z.object({ store: z.string(), kept: z.array(keptSchema).readonly() }),
  readOnly: false,
  async run(
    { store: place, files, folder, job, step, sessionBytes, deleteLogs },
    { services, ...task }: KeepContext,
  ) {
    const usual = defaultOrigin(folder ?? process.cwd());
    const origin = { ...usual, job: job ?? usual.job, step: step ?? usual.step };
    return withStore(place, services, async (store) => {
      const budget = services.uploads.of(store.place, sessionBytes);
      const keeper = new EvidenceKeeper({ store, budget });
      const kept: KeptFile[] = [];
      for (const { file, kind, pid } of files) {
        const key = newKey(origin, kind);
        const upload = await keeper.keep(file, key, task);
        task.signal?.throwIfAborted();
        if (upload.kind === "disabled") throw new Error("A store was opened, and none is there.");
        if (upload.kind !== "uploaded") {
          kept.push({ file, outcome: upload.kind, reason: upload.reason, isDeleted: false });
        } else if (kind === "v8log" && deleteLogs) {
          const end = await settleLog(file, upload, ownershipOf(file, pid));
          const isDeleted = end.kind === "delete";
          const why = isDeleted ? {} : { reason: end.message };
          kept.push({ file, outcome: "uploaded", key, ...why, isDeleted });
        } else kept.push({ file, outcome: "uploaded", key, isDeleted: false });
      }
      return { store: store.place, kept };
    });
  },
});
