/** Activity over time; a drag narrows every other pane to a part of it. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { cssColor } from "../color/oklch.ts";
import { categoryColor } from "../color/palette.ts";
import { formatTime } from "../text/format.ts";
import { useApp } from "../ui/context.ts";
import { Icon } from "../ui/icon.tsx";
import { useAnswer } from "../ui/use-answer.ts";
import { useSize } from "../ui/use-size.ts";
import { useTheme } from "../ui/use-theme.ts";
import { type Band, stackBands } from "./activity.ts";
import { HangBand } from "./hang-band.tsx";
import { type Edge, edgeTarget, moveEdge, type Range, rangeOfDrag } from "./range.ts";

const buckets = 400;

/** @param duration microseconds */
export function Timeline({ duration }: { readonly duration: number }) {
  const { state, dispatch } = useApp();
  const { thread, range } = state.chosen;
  const { latest } = useAnswer<"timeline">({
    kind: "timeline",
    buckets,
    ...(thread !== undefined && { thread }),
  });
  const strip = useRef<HTMLDivElement>(null);
  const size = useSize(strip);
  const [drag, setDrag] = useState<{ x0: number; x1: number }>();
  const select = (next: Range | undefined) => dispatch({ kind: "range", range: next });

  const pointAt = (event: PointerEvent) =>
    event.clientX - strip.current!.getBoundingClientRect().left;
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0 || event.target !== event.currentTarget) return;
    strip.current!.setPointerCapture(event.pointerId);
    setDrag({ x0: pointAt(event), x1: pointAt(event) });
  };
  const onPointerMove = (event: PointerEvent) => {
    if (drag) setDrag({ ...drag, x1: pointAt(event) });
  };
  const onPointerUp = () => {
    if (!drag) return;
    const dragged = rangeOfDrag(drag.x0, drag.x1, size.width, duration);
    if (dragged) select(dragged);
    setDrag(undefined);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && range) select(undefined);
  };

  const shown = (drag && rangeOfDrag(drag.x0, drag.x1, size.width, duration)) ?? range;
  return (
    <section class="timeline" aria-label="Time range" onKeyDown={onKeyDown}>
      <HangBand hangs={latest?.answer.hangs ?? []} duration={duration} onSelect={select} />
      <div
        ref={strip}
        class="timeline-strip"
        title={range ? undefined : "Drag to look at a part of the time"}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={onPointerUp}
        onPointerCancel={() => setDrag(undefined)}
      >
        <Activity answer={latest?.answer} width={size.width} height={size.height} />
        {shown && <Veil range={shown} duration={duration} />}
        {(["from", "to"] as const).map((edge) => (
          <Handle key={edge} edge={edge} range={shown} duration={duration} onMove={select} />
        ))}
      </div>
      {range && (
        <div class="timeline-range">
          {formatTime(range.from)} – {formatTime(range.to)} ({formatTime(range.to - range.from)})
          <vscode-toolbar-button
            label="Show all times"
            title="Show all times (Escape)"
            onClick={() => select(undefined)}
          >
            <Icon name="close" />
          </vscode-toolbar-button>
        </div>
      )}
    </section>
  );
}

interface ActivityProps {
  readonly answer: Parameters<typeof stackBands>[0] | undefined;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

function Activity({ answer, width, height }: ActivityProps) {
  const { kind } = useTheme();
  const canvas = useRef<HTMLCanvasElement>(null);
  const bands = useMemo(() => answer && stackBands(answer), [answer]);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!canvas.current || !context || !bands) return;
    canvas.current.width = Math.round(width * devicePixelRatio);
    canvas.current.height = Math.round(height * devicePixelRatio);
    for (const band of bands) {
      context.fillStyle = cssColor(categoryColor(band.category, kind));
      fillBand(context, band, canvas.current.width, canvas.current.height);
    }
  }, [bands, width, height, kind]);
  return (
    <div class="timeline-activity" aria-hidden="true">
      <canvas ref={canvas} />
    </div>
  );
}

function fillBand(
  context: CanvasRenderingContext2D,
  { from, to }: Band,
  width: number,
  height: number,
): void {
  const bucketWidth = width / from.length;
  for (let i = 0; i < from.length; i++) {
    if (from[i] === to[i]) continue;
    const x = Math.round(i * bucketWidth);
    const y = Math.round((1 - to[i]!) * height);
    const bottom = Math.round((1 - from[i]!) * height);
    context.fillRect(x, y, Math.round((i + 1) * bucketWidth) - x, bottom - y);
  }
}

/** Everything but the range, dimmed. */
function Veil({ range, duration }: { readonly range: Range; readonly duration: number }) {
  return (
    <>
      <div class="veil veil-left" style={{ width: percent(range.from / duration) }} />
      <div class="veil veil-right" style={{ width: percent(1 - range.to / duration) }} />
    </>
  );
}

interface HandleProps {
  readonly edge: Edge;
  readonly range: Range | undefined;
  readonly duration: number;
  readonly onMove: (range: Range | undefined) => void;
}

function Handle({ edge, range, duration, onMove }: HandleProps) {
  const at = range?.[edge] ?? (edge === "from" ? 0 : duration);
  const step = duration / 100;
  const onKeyDown = (event: KeyboardEvent) => {
    const target = edgeTarget(event.key, at, step);
    if (target === undefined) return;
    event.preventDefault();
    onMove(moveEdge(range, edge, target, step, duration));
  };
  const onPointerMove = (event: PointerEvent) => {
    const handle = event.currentTarget as HTMLElement;
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const { left, width } = handle.parentElement!.getBoundingClientRect();
    const target = ((event.clientX - left) / width) * duration;
    onMove(moveEdge(range, edge, target, step / 10, duration));
  };
  return (
    <div
      class={`handle handle-${edge}${range ? "" : " handle-idle"}`}
      style={{ left: percent(at / duration) }}
      role="slider"
      tabIndex={0}
      aria-label={edge === "from" ? "Start of the time range" : "End of the time range"}
      aria-valuemin={0}
      aria-valuemax={Math.round(duration)}
      aria-valuenow={Math.round(at)}
      aria-valuetext={formatTime(at)}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.stopPropagation();
        (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      }}
      onPointerMove={onPointerMove}
    />
  );
}

function percent(share: number): string {
  return `${share * 100}%`;
}
