/** Where an MCP call comes from: told in its `_meta`, which is there for such things. */
import { type Caller, callerSchema } from "../tools/caller.ts";

/** Reverse-DNS prefixes are what MCP asks of names in `_meta`. */
export const callerKey = "io.github.hangscope/caller";

/** Nothing when it was not told, or not in our way: then the server's own environment is used. */
export function callerOfMeta(meta: Readonly<Record<string, unknown>> | undefined): Caller {
  return callerSchema.safeParse(meta?.[callerKey]).data ?? {};
}
