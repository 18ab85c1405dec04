import { useApp } from "./context.ts";
import { Notice } from "./notice.tsx";

/** There are samples, but none in what the user chose to see; each way out is a button. */
export function NothingInFilter() {
  const { state, dispatch } = useApp();
  const { root, chosen } = state;
  const isChosen = chosen.range !== undefined || chosen.thread !== undefined || root !== undefined;
  return (
    <Notice icon="filter">
      <p>
        {isChosen
          ? "Nothing ran in what is selected here."
          : "Every sample is idle: the program waited for the whole profile."}
      </p>
      <p class="notice-actions">
        {chosen.range && (
          <vscode-button onClick={() => dispatch({ kind: "range", range: undefined })}>
            Show all times
          </vscode-button>
        )}
        {chosen.thread !== undefined && (
          <vscode-button onClick={() => dispatch({ kind: "thread", thread: undefined })}>
            Show all threads
          </vscode-button>
        )}
        {root !== undefined && (
          <vscode-button onClick={() => dispatch({ kind: "zoom", root: undefined })}>
            Show the whole graph
          </vscode-button>
        )}
        {!chosen.includeIdle && (
          <vscode-button secondary onClick={() => dispatch({ kind: "idle", include: true })}>
            Show idle time
          </vscode-button>
        )}
      </p>
    </Notice>
  );
}
