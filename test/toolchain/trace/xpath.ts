/** The XPath that selects elements of a toc: steps by name or `*`, by attribute and by position. */
import type { TocElement } from "./toc.ts";

export class XpathError extends Error {
  override readonly name = "XpathError";
}

export interface Found {
  readonly element: TocElement;
  /** As exports name their nodes: `//trace-toc[1]/run[1]/data[1]/table[14]`. */
  readonly xpath: string;
}

interface Step {
  readonly anywhere: boolean;
  readonly name: string;
  readonly conditions: readonly Condition[];
}

type Condition =
  | { readonly position: number }
  | { readonly attributes: readonly [string, string][] };

export function select(toc: TocElement, xpath: string): Found[] {
  // Above the root there is the document, whose only child it is.
  const document: Found = { element: { tag: "", attributes: {}, children: [toc] }, xpath: "/" };
  let found = [document];
  for (const step of parse(xpath)) {
    found = found.flatMap((context) => {
      const parents = step.anywhere ? [context, ...descendants(context)] : [context];
      return parents.flatMap((parent) => take(childrenOf(parent), step));
    });
    found = [...new Map(found.map((each) => [each.element, each])).values()];
  }
  return found;
}

function childrenOf({ element, xpath }: Found): Found[] {
  const seen = new Map<string, number>();
  return element.children.map((child) => {
    const position = (seen.get(child.tag) ?? 0) + 1;
    seen.set(child.tag, position);
    return { element: child, xpath: `${xpath}/${child.tag}[${position}]` };
  });
}

function descendants(found: Found): Found[] {
  return childrenOf(found).flatMap((child) => [child, ...descendants(child)]);
}

/** Each condition counts positions among what the one before it has left. */
function take(children: readonly Found[], { name, conditions }: Step): Found[] {
  let left = children.filter(({ element }) => name === "*" || element.tag === name);
  for (const condition of conditions) {
    left = left.filter(({ element }, i) =>
      "position" in condition
        ? i + 1 === condition.position
        : condition.attributes.every(([key, value]) => element.attributes[key] === value),
    );
  }
  return left;
}

function parse(xpath: string): Step[] {
  const steps: Step[] = [];
  let rest = xpath.trim();
  while (rest !== "") {
    const step = /^(\/\/?)([\w.-]+|\*)((?:\[[^\]]*\])*)/.exec(rest);
    if (!step) throw new XpathError(xpath);
    const conditions = [...step[3]!.matchAll(/\[([^\]]*)\]/g)].map(([, text]) =>
      conditionOf(text!, xpath),
    );
    steps.push({ anywhere: step[1] === "//", name: step[2]!, conditions });
    rest = rest.slice(step[0].length);
  }
  if (steps.length === 0) throw new XpathError(xpath);
  return steps;
}

function conditionOf(text: string, xpath: string): Condition {
  if (/^\s*\d+\s*$/.test(text)) return { position: Number(text) };
  const attributes = text.split(/\s+and\s+/).map((part): [string, string] => {
    const test = /^\s*@([\w.%-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')\s*$/.exec(part);
    if (!test) throw new XpathError(xpath);
    return [test[1]!, test[2] ?? test[3] ?? ""];
  });
  return { attributes };
}
