// biome-ignore-all lint/a11y/noNoninteractiveTabindex: an application role is a widget with keys of its own
/** A flame graph on screen: canvases, keyboard, pointer, tooltip, and words for screen readers. */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { parseColor } from "../color/css.ts";
import { useApp } from "../ui/context.ts";
import { useTheme } from "../ui/use-theme.ts";
import { useWeight } from "../ui/use-weight.ts";
import { describeBox } from "./announce.ts";
import { FlameTooltip, type TooltipTarget } from "./flame-tooltip.tsx";
import { listenToGestures } from "./gestures.ts";
import { type FlameCommand, flameCommand } from "./keys.ts";
import { rowHeight } from "./layout.ts";
import { paintScene } from "./paint.ts";
import type { Backend } from "./renderer.ts";
import type { Scene } from "./scene.ts";
import { FlameSurface } from "./surface.ts";
import { walk } from "./walk.ts";

interface Props {
  readonly scene: Scene;
  /** Call tree node that the scene grows from; absent for the whole tree. */
  readonly root: number | undefined;
  readonly grows: "down" | "up";
  readonly label: string;
  /** Box, or -1. */
  readonly selected: number;
  /** Grows when the selection is to be brought to the fore. */
  readonly reveals: number;
  readonly matches: ReadonlySet<number> | undefined;
  /** Microseconds that shares are shares of. */
  readonly whole: number;
  readonly initialCamera: { readonly left: number; readonly span: number; readonly top: number };
  readonly onSelect: (box: number) => void;
  /** A box was chosen to be looked at closer. */
  readonly onZoom: (box: number) => void;
  readonly onOpenSource: (box: number, beside: boolean) => void;
  readonly onCommand: (command: FlameCommand["kind"]) => void;
  readonly onRest?: (camera: { left: number; span: number; top: number }) => void;
  readonly onReach?: (row: number) => void;
  readonly onResize?: (width: number) => void;
}

const keyHint =
  "Arrow keys walk the call tree, Enter zooms, Backspace zooms out, Home shows everything, " +
  "O opens the source, S shows callers and callees. The table shows the same data as text.";

export function FlameCanvas(props: Props) {
  const { scene, root, grows, selected, reveals, matches, whole } = props;
  const { post } = useApp();
  const theme = useTheme();
  const formatWeight = useWeight();
  const [backend, setBackend] = useState<Backend>("webgl2");
  const [tooltip, setTooltip] = useState<TooltipTarget>();
  // A box means nothing in another scene.
  const shownTooltip = tooltip?.scene === scene ? tooltip : undefined;
  const scroller = useRef<HTMLDivElement>(null);
  const boxes = useRef<HTMLCanvasElement>(null);
  const text = useRef<HTMLCanvasElement>(null);
  const surface = useRef<FlameSurface>(undefined);
  const latest = useRef(props);
  latest.current = props;

  const { kind, background } = theme;
  const paint = useMemo(
    () => paintScene(scene, { theme: kind, background, matches }),
    [scene, kind, background, matches],
  );

  useLayoutEffect(() => {
    const elements = { scroller: scroller.current!, boxes: boxes.current!, text: text.current! };
    const created = new FlameSurface(elements, backend, grows, latest.current.initialCamera, {
      rested: (camera) => latest.current.onRest?.(camera),
      reached: (row) => latest.current.onReach?.(row),
      resized: (width) => latest.current.onResize?.(width),
      drawn: () => reportFirstPaint(post),
      lost: () => setBackend("canvas"),
    });
    surface.current = created;
    const ignore = listenToGestures(elements.scroller, created, {
      hover: (box, x, y) => {
        created.mark({ hovered: box });
        setTooltip(box < 0 ? undefined : { scene: latest.current.scene, box, x, y });
      },
      click: (box, event) => {
        latest.current.onSelect(box);
        if (box >= 0 && (event.ctrlKey || event.metaKey)) latest.current.onOpenSource(box, true);
      },
      doubleClick: (box) => box >= 0 && latest.current.onZoom(box),
    });
    return () => {
      ignore();
      created.dispose();
    };
  }, [backend, grows, post]);

  useLayoutEffect(() => {
    const border = theme.border === "" ? undefined : parseColor(theme.border);
    surface.current?.show({ scene, paint, root, theme, border });
  }, [scene, paint, root, theme, backend]);

  useLayoutEffect(() => surface.current?.mark({ selected }), [selected, backend, scene]);

  const revealed = useRef(0);
  useEffect(() => {
    if (selected < 0 || reveals === revealed.current) return;
    revealed.current = reveals;
    surface.current?.reveal(selected, true);
  }, [selected, reveals]);

  const onKeyDown = useCallback((event: KeyboardEvent) => {
    const { scene: shown, grows: way, selected: at, ...on } = latest.current;
    const command = flameCommand(event, way);
    if (!command || !surface.current) return;
    event.preventDefault();
    event.stopPropagation();
    setTooltip(undefined);
    switch (command.kind) {
      case "step": {
        const next = at < 0 ? shown.ancestors : walk(shown, at, command.step);
        on.onSelect(next);
        surface.current.reveal(next);
        return;
      }
      case "magnify":
        return surface.current.magnify(command.factor, 0.5, true);
      case "pan":
        return surface.current.pan(command.share, true);
      case "page":
        return surface.current.page(command.pages);
      case "zoom":
        return at >= 0 ? on.onZoom(at) : undefined;
      case "open-source":
        return at >= 0 ? on.onOpenSource(at, true) : undefined;
      case "reset":
        surface.current.reset();
        return on.onCommand("reset");
      default:
        return on.onCommand(command.kind);
    }
  }, []);

  return (
    <div class="flame">
      <div
        ref={scroller}
        class="flame-scroller"
        tabIndex={0}
        role="application"
        aria-roledescription="flame graph"
        aria-label={props.label}
        aria-description={keyHint}
        onKeyDown={onKeyDown}
      >
        <div class="flame-content" style={{ height: `${scene.rows * rowHeight}px` }}>
          <div class="flame-sticky" data-backend={backend} aria-hidden="true">
            <canvas key={backend} ref={boxes} class="flame-layer" />
            <canvas ref={text} class="flame-layer" />
          </div>
        </div>
      </div>
      <div class="visually-hidden" role="status" aria-live="polite">
        {selected >= 0 && describeBox(scene, selected, whole, formatWeight)}
      </div>
      {shownTooltip && <FlameTooltip target={shownTooltip} whole={whole} />}
    </div>
  );
}

let isPaintReported = false;

function reportFirstPaint(post: ReturnType<typeof useApp>["post"]): void {
  if (isPaintReported) return;
  isPaintReported = true;
  post({ kind: "painted", at: performance.now() });
}
