/** A frame in words: the text alternative of a picture. */
import { clipped, formatCount, formatShare } from "../text/format.ts";
import { shortLocation } from "../text/location.ts";
import type { FormatWeight } from "../ui/use-weight.ts";
import { functionOf, hasTimes, type Scene } from "./scene.ts";
import { childCount } from "./walk.ts";

/** @param whole what shares are shares of */
export function describeBox(
  scene: Scene,
  box: number,
  whole: number,
  formatWeight: FormatWeight,
): string {
  const { boxes } = scene;
  const func = functionOf(scene, box);
  const times = hasTimes(scene, box)
    ? [
        `total ${formatWeight(boxes.total[box]!)}, ${formatShare(boxes.total[box]!, whole)}`,
        `self ${formatWeight(boxes.self[box]!)}`,
      ]
    : [];
  return [
    clipped(func.name, 120),
    ...times,
    ...(func.url === "" ? [] : [shortLocation(func)]),
    `level ${boxes.depth[box]! + 1}`,
    formatCount(childCount(scene, box), "callee"),
  ].join(", ");
}
