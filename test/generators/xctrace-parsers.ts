/** Other XML parsers over a whole export, each feeding a `ReferenceDocument`. */
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { XMLParser } from "fast-xml-parser";
import { SaxesParser } from "saxes";
import type { ReferenceDocument } from "./xctrace-reference.ts";

type RawNode = Readonly<Record<string, unknown>>;

/** fast-xml-parser makes one tree of the whole text. */
export function parseWithFastXmlParser(text: string, document: ReferenceDocument): void {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: "",
    parseTagValue: false,
    trimValues: false,
    htmlEntities: true,
    ignoreDeclaration: true,
    ignorePiTags: true,
    processEntities: { maxTotalExpansions: Number.POSITIVE_INFINITY, maxExpandedLength: 1e9 },
  });
  walk(parser.parse(text) as RawNode[], document);
}

function walk(nodes: readonly RawNode[], document: ReferenceDocument): void {
  for (const node of nodes) {
    for (const name in node) {
      if (name === ":@") continue;
      if (name === "#text") {
        document.text(String(node[name]));
        continue;
      }
      document.open(name, (node[":@"] ?? {}) as Record<string, string>);
      walk(node[name] as RawNode[], document);
      document.close();
    }
  }
}

export async function readWithFastXmlParser(path: string, document: ReferenceDocument) {
  parseWithFastXmlParser(await readFile(path, "utf8"), document);
}

export async function readWithSaxes(path: string, document: ReferenceDocument): Promise<void> {
  const parser = new SaxesParser();
  parser.on("opentag", ({ name, attributes }) => document.open(name, attributes));
  parser.on("text", (text) => document.text(text));
  parser.on("cdata", (text) => document.text(text));
  parser.on("closetag", () => document.close());
  for await (const chunk of createReadStream(path, { encoding: "utf8", highWaterMark: 1 << 20 })) {
    parser.write(chunk as string);
  }
  parser.close();
}
