/** How a function that only has its name is found among the symbols of a workspace. */

export interface SymbolName {
  /** Without arguments: `remember`. */
  readonly name: string;
  /** The type or namespace around it, `""` where it has none. */
  readonly container: string;
}

/** A name is of any length in a profile. */
const longest = 1000;

const method = /^[-+]\[([\p{ID_Continue}$]+)(?:\([^)]*\))? ([\p{ID_Continue}$]+)[^\]]*\]$/u;
const path = /^(?:[^(]*[^\p{ID_Continue}$])?([\p{ID_Start}_$][\p{ID_Continue}$]*)$/u;

/**
 * Of `Type.method(_:)`, `ns::Type<T>::method(int)`, `-[Type method:with:]`, or a closure inside.
 * @returns nothing for what no source declares by that name, such as operators.
 */
export function symbolName(frame: string): SymbolName | undefined {
  if (frame.length > longest) return undefined;
  const declared = frame.replace(/^.* in (?=\S)/, "");
  const [, type, selector] = method.exec(declared) ?? [];
  if (type !== undefined && selector !== undefined) return { name: selector, container: type };
  const parts = withoutArguments(declared).split(/\.|::/);
  const name = path.exec(parts.at(-1) ?? "")?.[1];
  if (name === undefined) return undefined;
  return { name, container: path.exec(parts.at(-2) ?? "")?.[1] ?? "" };
}

/** Whether a symbol, as a language server names it, is the function. */
export function isSymbol(wanted: SymbolName, found: SymbolName): boolean {
  if (found.name.split(/[(:<]/, 1)[0] !== wanted.name) return false;
  const container = found.container.split(/\.|::/).at(-1) ?? "";
  return wanted.container === "" || container === "" || container === wanted.container;
}

function withoutArguments(name: string): string {
  let text = name.split("(", 1)[0]!;
  for (let before = ""; text !== before; ) {
    before = text;
    text = text.replace(/<[^<>]*>/g, "");
  }
  return text.trim();
}
