/**
 * Small documents as a tree: tables of contents, hangs, leaks and whatever else has few rows. The
 * library forgives what is not well-formed, so that a document that was cut off reads like a short
 * one; our scanner goes over it first, and does not.
 */
import { readFile, stat } from "node:fs/promises";
import { XMLParser } from "fast-xml-parser";
import { FormatError } from "../format-error.ts";
import { decodeEntities } from "./entities.ts";
import { XmlScanner, type XmlSink } from "./xml-scanner.ts";

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Of the element itself, its children's left out. */
  readonly text: string;
}

/** Some seconds of a worker's time, and a hundred times as much memory for its time. */
const maxBytes = 2 << 20;

const cdata = "#cdata";
const text = "#text";
const attributes = ":@";

/** No entity is expanded here: ours are, afterwards, and a document type is refused before. */
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseTagValue: false,
  trimValues: false,
  processEntities: false,
  cdataPropName: cdata,
  ignoreDeclaration: true,
  ignorePiTags: true,
});

const silent: XmlSink = {
  open() {},
  close() {},
  refer() {},
  take: (_tag, _bytes, _view, at) => at,
  takesChildren: () => false,
};

/**
 * The root of the document.
 * @throws FormatError when it is too large, not well-formed or not complete.
 */
export async function readSmallXml(path: string): Promise<XmlElement> {
  const { size } = await stat(path);
  if (size > maxBytes) {
    const expected = `at most ${maxBytes} bytes for such a table`;
    throw new FormatError(path, { expected, found: `${size}`, offset: maxBytes });
  }
  const bytes = await readFile(path);
  checkWellFormed(path, bytes);
  const root = toElements(parse(path, bytes))[0];
  if (root) return root;
  throw new FormatError(path, { expected: "an XML document", found: "an empty one", offset: 0 });
}

function checkWellFormed(path: string, bytes: Buffer): void {
  const scanner = new XmlScanner(path, silent);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  scanner.finish(scanner.feed({ bytes, view, start: 0, end: bytes.length, fileOffset: 0 }));
}

type RawNode = Record<string, unknown>;

function parse(path: string, bytes: Buffer): RawNode[] {
  try {
    return parser.parse(bytes.toString("utf8")) as RawNode[];
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    throw new FormatError(path, { expected: "an XML document", found, offset: 0 });
  }
}

function toElements(nodes: readonly RawNode[]): XmlElement[] {
  return nodes.flatMap((node) => {
    const name = Object.keys(node).find((key) => key !== attributes);
    if (name === undefined || name === text || name === cdata) return [];
    const children = node[name] as RawNode[];
    const raw = (node[attributes] ?? {}) as Record<string, string>;
    const entries = Object.entries(raw).map(([key, value]) => [key, decodeEntities(value)]);
    return {
      name,
      attributes: Object.fromEntries(entries) as Record<string, string>,
      children: toElements(children),
      text: children.map(ownText).join(""),
    };
  });
}

function ownText(node: RawNode): string {
  if (typeof node[text] === "string") return decodeEntities(node[text]);
  const section = node[cdata] as RawNode[] | undefined;
  return section?.map((part) => String(part[text] ?? "")).join("") ?? "";
}

/** The children with this name. */
export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}
