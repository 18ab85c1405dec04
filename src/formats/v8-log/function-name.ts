/** Takes `name url:line:column` apart. Both name and URL may hold spaces, colons and commas. */
import { unescapePath } from "./bytes.ts";
import type { LoggedFunction } from "./code.ts";

export interface FunctionName {
  readonly name: string;
  readonly url: string;
  /** 1-based; 0 when the name was cut off. */
  readonly line: number;
  readonly column: number;
}

const positionEnd = /:(\d{1,9}):(\d{1,9})$/;
/** Where a URL or path may begin; used only when the log does not name the script. */
const urlStart = / (?=\/|[A-Za-z]:\\|\\\\|[a-z][a-z0-9+.-]*:|<)/;

export function splitFunctionName({ logged, script }: LoggedFunction): FunctionName {
  const position = positionEnd.exec(logged);
  if (!position) return { name: logged, url: script?.url ?? "", line: 0, column: 0 };
  const line = Number(position[1]);
  const column = Number(position[2]);
  const head = logged.slice(0, position.index);
  if (script?.loggedName !== undefined && head.endsWith(` ${script.loggedName}`)) {
    const name = head.slice(0, head.length - script.loggedName.length - 1);
    return { name, url: script.url, line, column };
  }
  const at = head.search(urlStart);
  const cut = at >= 0 ? at : head.lastIndexOf(" ");
  if (cut < 0) return { name: "", url: unescapePath(head), line, column };
  return { name: head.slice(0, cut), url: unescapePath(head.slice(cut + 1)), line, column };
}
