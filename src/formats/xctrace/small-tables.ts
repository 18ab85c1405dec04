/**
 * Tables of an export with few rows, whatever they hold: each node of the document with its header
 * and its rows, references resolved.
 */
import { FormatError } from "../format-error.ts";
import type { Column } from "./columns.ts";
import { childOf, childrenOf, readSmallXml, type XmlElement } from "./small-xml.ts";

export interface SmallTable {
  /** Its place in the trace, as the query found it. */
  readonly xpath: string;
  /** `undefined` for a node without a header: rows of those have attributes only, or there are none. */
  readonly schema: string | undefined;
  readonly columns: readonly Column[];
  readonly rows: readonly SmallRow[];
}

export interface SmallRow {
  readonly attributes: Readonly<Record<string, string>>;
  /** By column; `undefined` for a cell without a value. */
  readonly cells: readonly (XmlElement | undefined)[];
}

export interface SmallTables {
  /** In the order of the file: one for each table, of each run, that the query matched. */
  readonly tables: readonly SmallTable[];
  /** References to what was not defined before; their cells have no value. */
  readonly unresolved: number;
}

/** @throws FormatError when the file is no export of tables, not complete or too large. */
export async function readSmallTables(path: string): Promise<SmallTables> {
  const root = await readSmallXml(path);
  if (root.name !== "trace-query-result") {
    const found = root.name === "trace-toc" ? "a trace's table of contents" : `<${root.name}>`;
    throw new FormatError(path, { expected: "an export of tables", found, offset: 0 });
  }
  const references = new References();
  const resolved = references.resolve(root)!;
  return {
    tables: childrenOf(resolved, "node").map(readTable),
    unresolved: references.unresolved,
  };
}

/** What the tables of a file are, for errors. */
export function describeTables(tables: readonly SmallTable[]): string {
  if (tables.length === 0) return "an export without any table: its query matched nothing";
  const names = new Set(tables.map(({ schema }) => schema ?? "a node without a header"));
  return `an export of ${[...names].slice(0, 8).join(", ")}`;
}

function readTable(node: XmlElement): SmallTable {
  const schema = childOf(node, "schema");
  return {
    xpath: node.attributes["xpath"] ?? "",
    schema: schema && (schema.attributes["name"] ?? ""),
    columns: childrenOf(schema, "col").map((column) => ({
      mnemonic: childOf(column, "mnemonic")?.text.trim() ?? "",
      type: childOf(column, "engineering-type")?.text.trim() ?? "",
    })),
    rows: childrenOf(node, "row").map(({ attributes, children }) => ({
      attributes,
      cells: children.map((cell) => (cell.name === "sentinel" ? undefined : cell)),
    })),
  };
}

/** Ids run through the whole document; the last definition before a reference is meant. */
class References {
  readonly #byId = new Map<string, XmlElement>();
  unresolved = 0;

  /** The element with what it refers to in its place; a sentinel where that is nothing. */
  resolve(element: XmlElement): XmlElement {
    const { id, ref } = element.attributes;
    if (ref !== undefined) {
      const target = this.#byId.get(ref.trim());
      if (target?.name === element.name) return target;
      this.unresolved++;
      return { name: "sentinel", attributes: {}, children: [], text: "" };
    }
    const children = element.children.map((child) => this.resolve(child));
    const resolved = { ...element, children };
    if (id !== undefined) this.#byId.set(id.trim(), resolved);
    return resolved;
  }
}
