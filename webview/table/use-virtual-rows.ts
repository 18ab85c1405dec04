import {
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
  Virtualizer,
} from "@tanstack/virtual-core";
import type { RefObject } from "preact";
import { useLayoutEffect, useReducer, useState } from "preact/hooks";

/** CSS pixels. */
export const tableRowHeight = 22;

interface VirtualRows {
  readonly items: readonly VirtualItem[];
  /** CSS pixels. */
  readonly height: number;
  readonly scrollTo: (index: number) => void;
}

/** Only the rows in view, and a few beyond. */
export function useVirtualRows(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  initialOffset: number,
): VirtualRows {
  const [, redraw] = useReducer((changes: number) => changes + 1, 0);
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => tableRowHeight,
    overscan: 8,
    initialOffset,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    onChange: () => redraw(undefined),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLElement, HTMLElement>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  return {
    items: virtualizer.getVirtualItems(),
    height: virtualizer.getTotalSize(),
    scrollTo: (index) => virtualizer.scrollToIndex(index),
  };
}
