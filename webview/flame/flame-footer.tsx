import { formatCount } from "../text/format.ts";
import { useApp } from "../ui/context.ts";

interface Props {
  readonly omitted: number;
  /** Whether something is selected that the graph does not show here. */
  readonly isSelectionHidden: boolean;
}

/** What the picture does not show, said in words. */
export function FlameFooter({ omitted, isSelectionHidden }: Props) {
  const { state, dispatch } = useApp();
  const { selection } = state;
  return (
    <div class="pane-footer">
      {omitted > 0 && (
        <span title="Too narrow to draw at this zoom. Zoom in to see them.">
          {formatCount(omitted, "narrow frame")} hidden
        </span>
      )}
      {isSelectionHidden && selection && (
        <span>
          The selected function is not drawn here.{" "}
          <button
            type="button"
            class="link"
            onClick={() => dispatch({ kind: "sandwich", func: selection.func })}
          >
            Show its callers and callees
          </button>
        </span>
      )}
    </div>
  );
}
