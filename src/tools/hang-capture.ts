import * as z from "zod";
import { hangReportSchema } from "../formats/hang-capture/report.ts";
import { captureHang, type HangOptions } from "../hang/capture-hang.ts";
import { keepHang } from "../hang/keep-capture.ts";
import { type ProfiledPage, profilePage } from "../hang/profile-page.ts";
import { type HangTarget, hangTargetSchema } from "../hang/target.ts";
import { environmentOf } from "./caller.ts";
import type { Services } from "./services.ts";
import { defineTool } from "./tool.ts";

export const hangCapture = defineTool({
  name: "hang.capture",
  title: "Capture what a process is stuck on",
  description:
    "Looks at a Node process or a page that does not answer, by one step after the other (heap and responsiveness, pausing, native stacks), and names the function that its main thread is stuck in. A stuck page of a browser that browser.launch has started is profiled too. The target runs on afterwards. Every step says why it could not tell: `stuckIn` is absent when none could.",
  input: z.object({
    target: hangTargetSchema,
    budgetMs: z
      .number()
      .int()
      .min(500)
      .max(120_000)
      .default(10_000)
      .describe("For all steps together"),
    log: z
      .string()
      .optional()
      .describe("Absolute path of the log of V8's sampler to go by; else the densest one"),
    directory: z.string().describe("Absolute path of the folder that receives the evidence"),
    workspaceFolders: z.array(z.string()).default([]),
  }),
  output: hangReportSchema.unwrap().extend({
    profileId: z.string().describe("For profile.query"),
    artifacts: z
      .array(
        z.object({ kind: z.enum(["hang", "report", "cpuprofile", "v8log"]), path: z.string() }),
      )
      .readonly()
      .describe(
        "Absolute paths, for profile.open: what was seen, the CPU profile of a stuck page, the log of V8's sampler if that named it; and the report in Markdown",
      ),
  }),
  readOnly: false,
  async run({ target, budgetMs, log, directory, workspaceFolders }, { services, caller, ...task }) {
    const startedAt = new Date().toISOString();
    const { file, cpuprofile } = await look(target, services, { budgetMs, log, ...task });
    const name = target.kind === "process" ? `stuck-${target.pid}` : "stuck";
    const env = environmentOf(caller);
    const profiles = {
      open: (path: string) => services.profiles.open(path, workspaceFolders, task, env),
      query: services.profiles.query.bind(services.profiles),
    };
    const kept = await keepHang(
      file,
      { root: directory, name, startedAt, cpuprofile },
      profiles,
      task,
    );
    return {
      ...kept.report,
      profileId: kept.profileId,
      artifacts: [
        { kind: "hang" as const, path: kept.path },
        { kind: "report" as const, path: kept.markdown },
        ...(kept.cpuprofile === undefined
          ? []
          : [{ kind: "cpuprofile" as const, path: kept.cpuprofile }]),
        ...(kept.v8log === undefined ? [] : [{ kind: "v8log" as const, path: kept.v8log }]),
      ],
    };
  },
});

/** A page of ours is profiled too, in what is left of the budget. */
async function look(
  target: HangTarget,
  { browsers }: Services,
  { budgetMs, ...task }: HangOptions,
): Promise<ProfiledPage> {
  if (target.kind !== "page") return { file: await captureHang(target, { budgetMs, ...task }) };
  const started = performance.now();
  const page = browsers.reach(target);
  const file = await captureHang(page, { budgetMs, ...task });
  const leftMs = Math.floor(budgetMs - (performance.now() - started));
  return profilePage(file, page.client, { leftMs, ...task });
}
