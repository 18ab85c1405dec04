import { shortCommand } from "../../results/short-command.ts";
import type { HangFile } from "./hang-file.ts";

/** What a list calls it: a process by the names in its command line, a page by its own title. */
export function shortTitle({ title, page }: Pick<HangFile, "title" | "page">): string {
  return page === undefined ? shortCommand(title) : title;
}
