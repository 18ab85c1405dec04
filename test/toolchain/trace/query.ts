/** The document that answers an XPath: a node for each element found, ids running through all. */
import type { TraceContent } from "../scenario-types.ts";
import { generationOf } from "./generations.ts";
import { Ids } from "./markup.ts";
import { detailOf, type TableRequest, tableOf } from "./tables.ts";
import { writeElement } from "./toc.ts";
import type { Found } from "./xpath.ts";

/** Nothing found is a document without nodes, and no error. */
export function* writeQuery(found: readonly Found[], content: TraceContent): Generator<string> {
  const ids = new Ids();
  yield '<?xml version="1.0"?>\n<trace-query-result>\n';
  for (const { element, xpath } of found) {
    const { tag, attributes, run } = element;
    const schema = attributes["schema"] ?? "";
    const table = content.tables?.[schema];
    if (tag === "table" && table?.node === false) continue;
    yield `<node xpath='${xpath}'>`;
    if (!run) {
      yield writeElement(element, "");
    } else {
      const rows = run.kind === "quiet" ? 0 : table?.rows;
      const request: TableRequest = {
        ids,
        generation: generationOf(run.xcode),
        cast: run.cast,
        content,
        ...(rows !== undefined && { rows }),
      };
      if (tag === "table") yield* tableOf(schema, request);
      else if (rows !== 0) yield* detailOf(attributes["name"] ?? "", request);
    }
    yield "</node>";
  }
  yield "</trace-query-result>\n";
}
