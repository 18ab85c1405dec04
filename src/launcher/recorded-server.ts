/** The server that a folder's state names, if it can be that folder's. */
import type { ServerFolder } from "../server/folder.ts";
import { type RecordedServer, readState } from "../server/state-file.ts";

/** A state that names some other program is as good as none: it is never called nor signalled. */
export async function recordedServer(folder: ServerFolder): Promise<RecordedServer | undefined> {
  const recorded = await readState(folder.state);
  return recorded && serves(recorded.process.args, folder.path) ? recorded : undefined;
}

/** Whether a command line is one that `spawnServer` makes for the folder at `path`. */
function serves(args: readonly string[], path: string): boolean {
  const at = args.indexOf("--folder");
  return at > 1 && args[at + 1] === path && args[at + 2] === "--managed";
}
