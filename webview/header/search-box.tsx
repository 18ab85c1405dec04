import { useEffect, useState } from "preact/hooks";
import type { SearchAnswer } from "../../src/profile/query.ts";
import { formatCount, formatShare } from "../text/format.ts";
import { useApp } from "../ui/context.ts";
import { Icon } from "../ui/icon.tsx";

const pauseMs = 150;

/** One text for every pane: it highlights frames in the graphs and filters the function list. */
export function SearchBox({ found }: { readonly found: SearchAnswer | undefined }) {
  const { state, dispatch } = useApp();
  const [typed, setTyped] = useState(state.text);
  useEffect(() => {
    const timer = setTimeout(() => {
      if (typed !== state.text) dispatch({ kind: "search", text: typed });
    }, pauseMs);
    return () => clearTimeout(timer);
  }, [typed, state.text, dispatch]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || typed === "") return;
    event.stopPropagation();
    setTyped("");
  };
  return (
    <search class="search">
      <vscode-textfield
        id="search"
        type="text"
        label="Search functions and files"
        placeholder="Search functions and files"
        value={typed}
        onInput={(event) => setTyped((event.currentTarget as HTMLInputElement).value)}
        onKeyDown={onKeyDown}
      >
        <Icon name="search" slot="content-before" />
      </vscode-textfield>
      <span class="search-result" role="status">
        {found &&
          `${formatCount(found.count, "match", "matches")}, ${formatShare(found.time, found.total)}`}
      </span>
    </search>
  );
}
