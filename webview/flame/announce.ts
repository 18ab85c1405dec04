/** A frame in words: the text alternative of a picture. */
import { clipped, formatCount, formatShare, formatTime } from "../text/format.ts";
import { shortLocation } from "../text/location.ts";
import { functionOf, hasTimes, type Scene } from "./scene.ts";
import { childCount } from "./walk.ts";

/** @param whole microseconds that shares are shares of */
export function describeBox(scene: Scene, box: number, whole: number): string {
  const { boxes } = scene;
  const func = functionOf(scene, box);
  const times = hasTimes(scene, box)
    ? [
        `total ${formatTime(boxes.total[box]!)}, ${formatShare(boxes.total[box]!, whole)}`,
        `self ${formatTime(boxes.self[box]!)}`,
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
