/** One function between those that call it (above) and those that it calls (below). */
import { useEffect, useMemo, useState } from "preact/hooks";
import type { Boxes, SandwichAnswer } from "../../src/profile/query.ts";
import { clipped, formatCount } from "../text/format.ts";
import { sourceOf } from "../text/location.ts";
import { useApp } from "../ui/context.ts";
import { Icon } from "../ui/icon.tsx";
import { Failure } from "../ui/notice.tsx";
import { useAnswer } from "../ui/use-answer.ts";
import { useWeight } from "../ui/use-weight.ts";
import { shareOfScreen } from "./detail.ts";
import { FlameCanvas } from "./flame-canvas.tsx";
import type { FlameCommand } from "./keys.ts";
import { buildScene, functionOf, keyOf, type Scene } from "./scene.ts";
import { withoutFirstRow } from "./tree.ts";

interface Props {
  readonly func: number;
  readonly matches: ReadonlySet<number> | undefined;
}

const depth = 500;

export function SandwichView({ func, matches }: Props) {
  const { filter, dispatch } = useApp();
  const [width, setWidth] = useState(innerWidth);
  const { latest, isPending, failure, retry } = useAnswer<"sandwich">({
    kind: "sandwich",
    filter,
    func,
    maxDepth: depth,
    minShare: shareOfScreen(width),
  });
  const answer = latest?.answer;
  const scenes = useMemo(
    () =>
      answer && {
        callers: sceneOf(answer, withoutFirstRow(answer.callers)),
        callees: sceneOf(answer, answer.callees),
      },
    [answer],
  );
  const formatWeight = useWeight();
  const close = () => dispatch({ kind: "sandwich", func: undefined });
  // A saved function may be of a profile that has since been recorded anew.
  useEffect(() => {
    if (failure !== undefined && !latest) dispatch({ kind: "sandwich", func: undefined });
  }, [failure, latest, dispatch]);

  return (
    <section class="pane" id="pane" aria-label="Callers and callees" aria-busy={isPending}>
      <div class="sandwich-head">
        <button type="button" class="crumb" onClick={close} title="Back to the whole graph">
          <Icon name="arrow-left" />
          All
        </button>
        <Icon name="chevron-right" />
        <span class="crumb-here">
          Callers and callees of {answer ? clipped(answer.func.name, 120) : "…"}
        </span>
        {answer && (
          <span class="quiet">
            total {formatWeight(answer.total)}, self {formatWeight(answer.self)}
            {answer.omitted > 0 && `, ${formatCount(answer.omitted, "narrow frame")} hidden`}
          </span>
        )}
      </div>
      {failure !== undefined && <Failure message={failure} retry={retry} />}
      {answer && scenes && answer.total === 0 && (
        <p class="sandwich-none">No time of this function is in what is shown.</p>
      )}
      {answer && scenes && answer.total > 0 && (
        <>
          {scenes.callers.rows > 0 ? (
            <Half
              key={`callers of ${func}`}
              grows="up"
              label="Callers"
              {...{ scene: scenes.callers, matches, setWidth, close }}
            />
          ) : (
            <p class="sandwich-none">Nothing calls it: it stands at the bottom of its stacks.</p>
          )}
          <Half
            key={`callees of ${func}`}
            grows="down"
            label="Callees"
            {...{ scene: scenes.callees, matches, setWidth, close }}
          />
        </>
      )}
    </section>
  );
}

interface HalfProps {
  readonly scene: Scene;
  readonly grows: "up" | "down";
  readonly label: string;
  readonly matches: ReadonlySet<number> | undefined;
  readonly setWidth: (width: number) => void;
  readonly close: () => void;
}

const wholeCamera = { left: 0, span: 1, top: 0 };

function Half({ scene, grows, label, matches, setWidth, close }: HalfProps) {
  const { dispatch, post } = useApp();
  const [chosen, setChosen] = useState<{ scene: Scene; box: number }>();
  const selected = chosen?.scene === scene ? chosen.box : -1;
  const select = (box: number) => {
    setChosen({ scene, box });
    if (box >= 0) dispatch({ kind: "select", selection: keyOf(scene, box) });
  };
  const centre = (box: number) => dispatch({ kind: "sandwich", func: functionOf(scene, box).id });
  const onCommand = (command: FlameCommand["kind"]) => {
    if (command === "deselect" || command === "zoom-out") close();
    if (command === "sandwich" && selected >= 0) centre(selected);
  };
  return (
    <div class={`sandwich-half sandwich-${grows}`}>
      <span class="sandwich-label" aria-hidden="true">
        {label}
      </span>
      <FlameCanvas
        scene={scene}
        root={undefined}
        grows={grows}
        label={`${label}, ${scene.rows} levels`}
        selected={selected}
        reveals={0}
        matches={matches}
        whole={scene.total}
        initialCamera={wholeCamera}
        onSelect={select}
        onZoom={centre}
        onOpenSource={(box, beside) => {
          const position = sourceOf(functionOf(scene, box));
          if (position) post({ kind: "go-to-source", position, beside });
        }}
        onCommand={onCommand}
        onResize={setWidth}
      />
    </div>
  );
}

function sceneOf({ functions, total }: SandwichAnswer, boxes: Boxes): Scene {
  return buildScene({ boxes, functions, ancestors: 0, total });
}
