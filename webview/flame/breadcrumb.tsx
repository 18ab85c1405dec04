import { clipped } from "../text/format.ts";
import { Icon } from "../ui/icon.tsx";
import { functionOf, type Scene } from "./scene.ts";

interface Props {
  readonly scene: Scene;
  readonly onZoom: (box: number) => void;
}

/** Ancestors nearest to the root that are worth a name of their own. */
const shown = 5;

/** The way down to what the graph is zoomed to; each step zooms out to itself. */
export function Breadcrumb({ scene, onZoom }: Props) {
  const { ancestors } = scene;
  const firstShown = Math.max(1, ancestors - shown);
  const steps = [0, ...Array.from({ length: ancestors - firstShown }, (_, i) => firstShown + i)];
  return (
    <nav class="breadcrumb" aria-label="Zoomed into">
      {steps.map((box, i) => (
        <>
          {i > 0 && <Icon name="chevron-right" />}
          {i === 1 && firstShown > 1 && (
            <>
              <span title={`${firstShown - 1} more levels`}>…</span>
              <Icon name="chevron-right" />
            </>
          )}
          <button key={box} type="button" class="crumb" onClick={() => onZoom(box)}>
            {box === 0 ? "All" : clipped(functionOf(scene, box).name, 60)}
          </button>
        </>
      ))}
      <Icon name="chevron-right" />
      <span class="crumb-here" aria-current="location">
        {clipped(functionOf(scene, ancestors).name, 120)}
      </span>
    </nav>
  );
}
