/** All tools there are. Every face of the server is derived from this list. */
import type * as z from "zod";
import { profileOpen } from "./profile-open.ts";
import { profileQuery } from "./profile-query.ts";
import { v8Start } from "./v8-start.ts";
import { v8Stop } from "./v8-stop.ts";
import { v8Symbolize } from "./v8-symbolize.ts";

export const tools = [v8Start, v8Stop, v8Symbolize, profileOpen, profileQuery] as const;

export type AnyTool = (typeof tools)[number];
export type ToolName = AnyTool["name"];
type Named<N extends ToolName> = Extract<AnyTool, { name: N }>;
/** What a caller writes: defaults may be left out. */
export type ToolInput<N extends ToolName> = z.input<Named<N>["input"]>;
export type ToolOutput<N extends ToolName> = Awaited<ReturnType<Named<N>["run"]>>;
