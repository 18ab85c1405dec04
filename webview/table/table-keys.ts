/** What a key means in a tree table. */

export type TableCommand =
  | { readonly kind: "move"; readonly to: number }
  | { readonly kind: "open" | "close" | "to-parent" | "open-source" | "reveal" | "sandwich" };

export interface TableCursor {
  /** Height of the current row; -1 for none. */
  readonly at: number;
  readonly count: number;
  readonly rowsPerPage: number;
  readonly isExpandable: boolean;
  readonly isExpanded: boolean;
}

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

export function tableCommand(press: KeyPress, cursor: TableCursor): TableCommand | undefined {
  // Chords belong to the editor.
  if (press.ctrlKey || press.metaKey || press.altKey) return undefined;
  const { at, count, rowsPerPage, isExpandable, isExpanded } = cursor;
  const move = (to: number): TableCommand => ({
    kind: "move",
    to: Math.max(0, Math.min(count - 1, to)),
  });
  switch (press.key) {
    case "ArrowDown":
      return move(at + 1);
    case "ArrowUp":
      return move(at - 1);
    case "PageDown":
      return move(at + rowsPerPage);
    case "PageUp":
      return move(at - rowsPerPage);
    case "Home":
      return move(0);
    case "End":
      return move(count - 1);
    case "ArrowRight":
      if (isExpandable && !isExpanded) return { kind: "open" };
      return isExpanded ? move(at + 1) : undefined;
    case "ArrowLeft":
      return { kind: isExpanded ? "close" : "to-parent" };
    case "Enter":
    case "o":
      return { kind: "open-source" };
    case "r":
      return { kind: "reveal" };
    case "s":
      return { kind: "sandwich" };
    default:
      return undefined;
  }
}
