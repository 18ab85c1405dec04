/** Which page is meant by a part of its address. */
import { CaptureError } from "../../capture/capture-error.ts";

interface Page {
  readonly target: { readonly title: string; readonly url: string };
}

/**
 * The one with that very address, or else the only one with that in its address.
 * @throws CaptureError `no-page` or `several-pages`, with what there is.
 */
export function choosePage<P extends Page>(pages: readonly P[], part: string): P {
  const exact = pages.filter(({ target }) => target.url === part);
  const found = exact.length > 0 ? exact : pages.filter(({ target }) => target.url.includes(part));
  const [page, another] = found;
  if (!page) {
    const problem = `No page of the browser has "${part}" in its address`;
    throw new CaptureError("no-page", `${problem}; there are: ${addressesOf(pages)}.`);
  }
  if (another) {
    const problem = `${found.length} pages have "${part}" in their address`;
    const advice = "Give more of the one that is meant";
    throw new CaptureError("several-pages", `${problem}: ${addressesOf(found)}. ${advice}.`);
  }
  return page;
}

function addressesOf(pages: readonly Page[]): string {
  return pages.map(({ target }) => target.url).join(", ") || "none";
}
