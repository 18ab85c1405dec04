import type { Thread } from "../../src/profile/profile.ts";
import { clipped } from "../text/format.ts";
import { useApp } from "../ui/context.ts";

const all = "all";

export function ThreadPicker({ threads }: { readonly threads: readonly Thread[] }) {
  const { state, dispatch } = useApp();
  const { thread } = state.chosen;
  const onChange = (event: Event) => {
    const { value } = event.currentTarget as HTMLSelectElement;
    dispatch({ kind: "thread", thread: value === all ? undefined : Number(value) });
  };
  const selected = thread === undefined ? all : String(thread);
  return (
    <vscode-single-select class="threads" label="Thread" value={selected} onChange={onChange}>
      <vscode-option value={all} selected={thread === undefined}>
        All {threads.length} threads
      </vscode-option>
      {threads.map(({ name, id }, index) => (
        <vscode-option key={index} value={String(index)} selected={thread === index}>
          {clipped(name, 60) || `Thread ${id}`}
        </vscode-option>
      ))}
    </vscode-single-select>
  );
}
