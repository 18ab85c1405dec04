/** The flame graph pane: what the zoom shows, in the detail that the screen can show. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { sourceOf } from "../text/location.ts";
import { useApp } from "../ui/context.ts";
import { NothingInFilter } from "../ui/nothing-in-filter.tsx";
import { Failure } from "../ui/notice.tsx";
import { Breadcrumb } from "./breadcrumb.tsx";
import { FlameCanvas } from "./flame-canvas.tsx";
import { FlameFooter } from "./flame-footer.tsx";
import type { FlameCommand } from "./keys.ts";
import { rowHeight } from "./layout.ts";
import { findBox, functionOf, keyOf } from "./scene.ts";
import { useScene } from "./use-scene.ts";

const firstDepth = 256;
const mostDepth = 10_000;
/** Rows before an answer's end at which more are asked for. */
const depthMargin = 40;

interface Props {
  readonly matches: ReadonlySet<number> | undefined;
  /** Microseconds that shares are shares of. */
  readonly whole: number;
}

export function FlameView({ matches, whole }: Props) {
  const { state, dispatch, post } = useApp();
  const { root, selection } = state;
  const [width, setWidth] = useState(innerWidth);
  const [maxDepth, setMaxDepth] = useState(() => depthFor(state.camera.top / rowHeight));
  const { scene, root: shownRoot, omitted, isPending, failure } = useScene(width, maxDepth);
  const selected = useMemo(
    () => (scene && selection ? findBox(scene, selection) : -1),
    [scene, selection],
  );

  // A saved zoom may be into a profile that has since been recorded anew.
  useEffect(() => {
    if (failure && root !== undefined) dispatch({ kind: "zoom", root: undefined });
  }, [failure, root, dispatch]);

  const zoomTo = (box: number) => {
    if (!scene) return;
    const key = keyOf(scene, box);
    dispatch({ kind: "select", selection: key });
    dispatch({ kind: "zoom", root: key.node < 0 ? undefined : key.node });
  };
  const openSource = (box: number, beside: boolean) => {
    const position = scene && sourceOf(functionOf(scene, box));
    if (position) post({ kind: "go-to-source", position, beside });
  };
  const onCommand = (command: FlameCommand["kind"]) => {
    if (command === "reset") dispatch({ kind: "zoom", root: undefined });
    if (command === "deselect") dispatch({ kind: "select", selection: undefined });
    if (command === "zoom-out" && scene && scene.ancestors > 0) zoomTo(scene.ancestors - 1);
    if (command === "sandwich" && selection && selection.func >= 0) {
      dispatch({ kind: "sandwich", func: selection.func });
    }
  };
  const onReach = (row: number) => {
    const isCut = scene && scene.rows - scene.ancestors >= maxDepth;
    if (isCut && row >= scene.rows - depthMargin) setMaxDepth(depthFor(scene.rows));
  };

  return (
    <section class="pane" id="pane" aria-label="Flame graph" aria-busy={isPending}>
      {scene && scene.ancestors > 0 && <Breadcrumb scene={scene} onZoom={zoomTo} />}
      {failure && <Failure message={failure.failure ?? ""} retry={failure.retry} />}
      {scene && scene.total > 0 && (
        <FlameCanvas
          scene={scene}
          root={shownRoot}
          grows="down"
          label={`Flame graph, ${scene.rows} levels`}
          selected={selected}
          reveals={state.reveals}
          matches={matches}
          whole={whole}
          initialCamera={state.camera}
          onSelect={(box) =>
            dispatch({ kind: "select", selection: box < 0 ? undefined : keyOf(scene, box) })
          }
          onZoom={zoomTo}
          onOpenSource={openSource}
          onCommand={onCommand}
          onRest={(camera) => dispatch({ kind: "camera", camera })}
          onReach={onReach}
          onResize={setWidth}
        />
      )}
      {scene && scene.total === 0 && <NothingInFilter />}
      {scene && (
        <FlameFooter
          omitted={omitted}
          isSelectionHidden={selection !== undefined && selected < 0}
        />
      )}
    </section>
  );
}

function depthFor(row: number): number {
  return Math.min(mostDepth, Math.max(firstDepth, Math.ceil(row) * 2));
}
