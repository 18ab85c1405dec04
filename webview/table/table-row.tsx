// biome-ignore-all lint/a11y/useSemanticElements: a virtual list cannot be a <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus, aria-activedescendant the row
// biome-ignore-all lint/a11y/noStaticElementInteractions: what the pointer does here the grid's keys do too
// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: the role depends on the mode, both have these
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid has the keys
import { clipped, formatShare } from "../text/format.ts";
import { fullLocation, shortLocation, sourceOf } from "../text/location.ts";
import { Icon } from "../ui/icon.tsx";
import { useWeight } from "../ui/use-weight.ts";
import type { Row } from "./outline.ts";

interface Props {
  readonly id: string;
  readonly row: Row;
  readonly depth: number;
  /** Height in rows, from 0. */
  readonly at: number;
  readonly isTree: boolean;
  readonly isExpanded: boolean;
  readonly isCurrent: boolean;
  readonly isMatch: boolean;
  readonly whole: number;
  readonly top: number;
  readonly onSelect: () => void;
  readonly onToggle: () => void;
  readonly onOpenSource: () => void;
  readonly onReveal: () => void;
}

/** CSS pixels by which a level is indented; beyond the deepest the name stays where it is. */
const indent = 12;
const deepestIndent = 40;

export function TableRow(props: Props) {
  const { id, row, depth, at, isTree, isExpanded, isCurrent, isMatch, whole, top } = props;
  const { func, self, total, isExpandable } = row;
  const canOpen = sourceOf(func) !== undefined;
  const name = clipped(func.name, 300);
  const classes = ["row", isCurrent && "row-current", isMatch && "row-match"];
  return (
    <div
      id={id}
      role="row"
      class={classes.filter(Boolean).join(" ")}
      style={{ transform: `translateY(${top}px)` }}
      aria-rowindex={at + 2}
      aria-selected={isCurrent}
      {...(isTree && { "aria-level": depth + 1 })}
      {...(isTree && isExpandable && { "aria-expanded": isExpanded })}
      onClick={props.onSelect}
      onDblClick={props.onOpenSource}
    >
      <TimeCell time={self} whole={whole} />
      <TimeCell time={total} whole={whole} />
      <div
        role="gridcell"
        class="cell-name"
        style={isTree ? { paddingLeft: `${Math.min(depth, deepestIndent) * indent}px` } : {}}
        title={clipped(func.name)}
      >
        {isTree && (
          <span
            class={isExpandable ? "twistie" : "twistie twistie-none"}
            aria-hidden="true"
            onClick={(event) => {
              event.stopPropagation();
              if (isExpandable) props.onToggle();
            }}
          >
            <Icon name={isExpanded ? "chevron-down" : "chevron-right"} />
          </span>
        )}
        <span class="row-name">{name}</span>
      </div>
      <div role="gridcell" class="cell-location" title={fullLocation(func)}>
        {canOpen ? (
          <span class="link" onClick={props.onOpenSource}>
            {shortLocation(func)}
          </span>
        ) : (
          <span class="quiet">{shortLocation(func)}</span>
        )}
      </div>
      <div role="gridcell" class="cell-actions">
        <button
          type="button"
          class="row-action"
          tabIndex={-1}
          title="Reveal in the flame graph (R)"
          aria-label={`Reveal ${name} in the flame graph`}
          onClick={props.onReveal}
        >
          <Icon name="flame" />
        </button>
      </div>
    </div>
  );
}

function TimeCell({ time, whole }: { readonly time: number; readonly whole: number }) {
  const formatWeight = useWeight();
  const share = whole > 0 ? Math.min(1, time / whole) : 0;
  return (
    <div role="gridcell" class="cell-time">
      <span class="bar" style={{ width: `${share * 100}%` }} aria-hidden="true" />
      <span class="time">{formatWeight(time)}</span>
      <span class="share">{formatShare(time, whole)}</span>
    </div>
  );
}
