/** Colours as browsers compute them, and whether one can be read on another. */

/** Channels from 0 to 255, alpha from 0 to 1. */
export interface Colour {
  readonly rgb: readonly [number, number, number];
  readonly alpha: number;
}

/** Reads `rgb(1, 2, 3)` and `rgba(1, 2, 3, 0.5)`. */
export function parseColour(css: string): Colour {
  const [red, green, blue, alpha = 1] = (css.match(/[\d.]+/g) ?? []).map(Number);
  if (red === undefined || green === undefined || blue === undefined) {
    throw new Error(`Not a colour: ${css}`);
  }
  return { rgb: [red, green, blue], alpha };
}

/** What shows when `top` is painted over an opaque colour. */
export function over(top: Colour, below: Colour): Colour {
  const mix = (channel: 0 | 1 | 2) =>
    top.rgb[channel] * top.alpha + below.rgb[channel] * (1 - top.alpha);
  return { rgb: [mix(0), mix(1), mix(2)], alpha: 1 };
}

/** WCAG's contrast ratio of two opaque colours, 1 to 21. */
export function contrast(a: Colour, b: Colour): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

function luminance({ rgb }: Colour): number {
  const [red, green, blue] = rgb.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}
