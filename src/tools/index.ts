/** All tools there are. Every face of the server is derived from this list. */
import type * as z from "zod";
import { appleAnalyze } from "./apple-analyze.ts";
import { appleDevices } from "./apple-devices.ts";
import { appleStart } from "./apple-start.ts";
import { appleStop } from "./apple-stop.ts";
import { artifactsChange } from "./artifacts-change.ts";
import { artifactsGet } from "./artifacts-get.ts";
import { artifactsKeep } from "./artifacts-keep.ts";
import { artifactsList } from "./artifacts-list.ts";
import { artifactsPut } from "./artifacts-put.ts";
import { artifactsSymbolize } from "./artifacts-symbolize.ts";
import { browserClose } from "./browser-close.ts";
import { browserLaunch } from "./browser-launch.ts";
import { browserList } from "./browser-list.ts";
import { hangCapture } from "./hang-capture.ts";
import { hangFree } from "./hang-free.ts";
import { profileOpen } from "./profile-open.ts";
import { profileQuery } from "./profile-query.ts";
import { runnerCache } from "./runner-cache.ts";
import { runnerPrepare } from "./runner-prepare.ts";
import { runnerPrewarm } from "./runner-prewarm.ts";
import { runnerRun } from "./runner-run.ts";
import { runnerStatus } from "./runner-status.ts";
import { runnerStop } from "./runner-stop.ts";
import { v8Start } from "./v8-start.ts";
import { v8Stop } from "./v8-stop.ts";
import { v8Symbolize } from "./v8-symbolize.ts";

export const tools = [
  v8Start,
  v8Stop,
  v8Symbolize,
  hangCapture,
  hangFree,
  browserLaunch,
  browserList,
  browserClose,
  appleDevices,
  appleStart,
  appleStop,
  appleAnalyze,
  runnerPrepare,
  runnerRun,
  runnerStatus,
  runnerStop,
  runnerPrewarm,
  runnerCache,
  artifactsList,
  artifactsGet,
  artifactsPut,
  artifactsKeep,
  artifactsChange,
  artifactsSymbolize,
  profileOpen,
  profileQuery,
] as const;

export type AnyTool = (typeof tools)[number];
export type ToolName = AnyTool["name"];
type Named<N extends ToolName> = Extract<AnyTool, { name: N }>;
/** What a caller writes: defaults may be left out. */
export type ToolInput<N extends ToolName> = z.input<Named<N>["input"]>;
export type ToolOutput<N extends ToolName> = z.output<Named<N>["output"]>;
