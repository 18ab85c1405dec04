import { useMemo } from "preact/hooks";
import { useApp } from "../ui/context.ts";
import { type Asked, useAnswer } from "../ui/use-answer.ts";
import { detailWanted, shareOfScreen } from "./detail.ts";
import { buildScene, type Scene } from "./scene.ts";
import { treeOfFlame, withDetail } from "./tree.ts";

export interface ShownScene {
  /** Undefined until the first answer. */
  readonly scene: Scene | undefined;
  /** Call tree node that `scene` grows from; lags behind the state's while an answer is awaited. */
  readonly root: number | undefined;
  /** Calls left out of what the camera looks at. */
  readonly omitted: number;
  readonly isPending: boolean;
  readonly failure: Pick<Asked<"flame">, "failure" | "retry"> | undefined;
}

/**
 * The scene of the zoomed root at the screen's resolution, with what the camera magnifies in finer
 * detail.
 *
 * @param width CSS pixels
 */
export function useScene(width: number, maxDepth: number): ShownScene {
  const { state, filter } = useApp();
  const { root, camera } = state;
  const minShare = shareOfScreen(width);
  const coarse = useAnswer<"flame">({
    kind: "flame",
    filter,
    ...(root !== undefined && { root }),
    maxDepth,
    minShare,
  });
  const coarseScene = useMemo(() => {
    if (!coarse.latest) return undefined;
    const { query, answer } = coarse.latest;
    return buildScene(treeOfFlame(answer, query.root !== undefined));
  }, [coarse.latest]);
  const shownRoot = coarse.latest?.query.root;

  const wanted =
    coarseScene && shownRoot === root
      ? detailWanted(coarseScene, inScene(camera, coarseScene.total), minShare)
      : undefined;
  const node = coarseScene && wanted ? coarseScene.boxes.id[wanted.box]! : -1;
  const depth = coarseScene && wanted ? coarseScene.boxes.depth[wanted.box]! : 0;
  const fine = useAnswer<"flame">(
    coarseScene &&
      wanted && {
        kind: "flame",
        filter,
        ...(node >= 0 && { root: node }),
        maxDepth: Math.max(1, maxDepth - (depth - coarseScene.ancestors)),
        minShare: wanted.minShare,
      },
  );

  const scene = useMemo(() => {
    if (!coarseScene || !fine.latest) return coarseScene;
    const { query, answer } = fine.latest;
    const box =
      query.root === undefined ? coarseScene.ancestors : coarseScene.boxes.id.indexOf(query.root);
    const total = coarseScene.boxes.total[box];
    // An answer under another filter would not fit into its place.
    if (box < coarseScene.ancestors || total !== answer.total) return coarseScene;
    return buildScene(withDetail(coarseScene, box, answer));
  }, [coarseScene, fine.latest]);

  const seen = fine.latest?.answer ?? coarse.latest?.answer;
  return {
    scene,
    root: shownRoot,
    omitted: seen?.omitted ?? 0,
    isPending: coarse.isPending || fine.isPending,
    failure: [coarse, fine].find((asked) => asked.failure !== undefined),
  };
}

function inScene(camera: { left: number; span: number }, total: number) {
  return { left: camera.left * total, span: camera.span * total };
}
