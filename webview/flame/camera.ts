/** The part of a scene's width that is on screen, in the scene's microseconds. */

export interface Camera {
  readonly left: number;
  readonly span: number;
}

/** How far a scene can be magnified. */
const deepestZoom = 1e6;

export function wholeOf(total: number): Camera {
  return { left: 0, span: total };
}

/** Within the scene, and neither wider than it nor magnified past all use. */
export function clampCamera({ left, span }: Camera, total: number): Camera {
  const clamped = Math.min(total, Math.max(total / deepestZoom, span));
  return { left: Math.min(total - clamped, Math.max(0, left)), span: clamped };
}

/**
 * @param factor above 1 magnifies
 * @param at share of the width that stays where it is, 0 to 1
 */
export function zoomAround(camera: Camera, factor: number, at: number, total: number): Camera {
  const point = camera.left + camera.span * at;
  const { span } = clampCamera({ left: 0, span: camera.span / factor }, total);
  return clampCamera({ left: point - span * at, span }, total);
}

/** @param share of the visible width; positive looks further right */
export function panBy(camera: Camera, share: number, total: number): Camera {
  return clampCamera({ ...camera, left: camera.left + camera.span * share }, total);
}

/** The smallest move that brings a range into view; a range wider than the view is left alone. */
export function bringIntoView(camera: Camera, start: number, length: number, total: number) {
  const end = start + length;
  if (start < camera.left + camera.span && end > camera.left && length >= camera.span) {
    return camera;
  }
  let { left } = camera;
  if (end > left + camera.span) left = end - camera.span;
  if (start < left) left = start;
  return clampCamera({ ...camera, left }, total);
}

/** Between two cameras at `t` from 0 to 1: the span changes by equal factors in equal times. */
export function between(from: Camera, to: Camera, t: number): Camera {
  const span = from.span * (to.span / from.span) ** t;
  const share = from.span === to.span ? t : (from.span - span) / (from.span - to.span);
  return { left: from.left + (to.left - from.left) * share, span };
}

/** The same view of a scene whose total is another. */
export function rescaled({ left, span }: Camera, from: number, to: number): Camera {
  const factor = from > 0 ? to / from : 1;
  return clampCamera({ left: left * factor, span: span * factor }, to);
}
