import { useLayoutEffect, useRef } from "preact/hooks";
import { categoryLabels } from "../color/palette.ts";
import { clipped, formatShare } from "../text/format.ts";
import { fullLocation } from "../text/location.ts";
import { useWeight } from "../ui/use-weight.ts";
import { functionOf, hasTimes, type Scene } from "./scene.ts";

export interface TooltipTarget {
  readonly scene: Scene;
  readonly box: number;
  /** CSS pixels in the page. */
  readonly x: number;
  readonly y: number;
}

interface Props {
  readonly target: TooltipTarget;
  /** Microseconds that shares are shares of. */
  readonly whole: number;
}

const distance = 14;

export function FlameTooltip({ target, whole }: Props) {
  const element = useRef<HTMLDivElement>(null);
  const { scene, box, x, y } = target;
  useLayoutEffect(() => {
    const { style, offsetWidth, offsetHeight } = element.current!;
    const left = Math.min(x + distance, innerWidth - offsetWidth - 4);
    const below = y + distance;
    const fits = below + offsetHeight <= innerHeight - 4;
    style.left = `${Math.max(4, left)}px`;
    style.top = `${Math.max(4, fits ? below : y - distance - offsetHeight)}px`;
  }, [x, y]);
  const formatWeight = useWeight();
  const func = functionOf(scene, box);
  const location = fullLocation(func);
  const { self, total } = scene.boxes;
  return (
    <div ref={element} class="tooltip" aria-hidden="true">
      <div class="tooltip-name">{clipped(func.name)}</div>
      {location !== "" && <div class="tooltip-location">{location}</div>}
      {hasTimes(scene, box) && (
        <dl class="tooltip-times">
          <dt>Total</dt>
          <dd>{formatWeight(total[box]!)}</dd>
          <dd>{formatShare(total[box]!, whole)}</dd>
          <dt>Self</dt>
          <dd>{formatWeight(self[box]!)}</dd>
          <dd>{formatShare(self[box]!, whole)}</dd>
        </dl>
      )}
      {func.id >= 0 && <div class="tooltip-category">{categoryLabels[func.category]}</div>}
    </div>
  );
}
