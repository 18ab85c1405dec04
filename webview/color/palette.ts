/**
 * The colour of a function: its category gives the hue, its module or file a shade of it, so
 * that one package reads as one colour and the category bar is the legend of the graph.
 */
import type { Category } from "../../src/profile/profile.ts";
import type { FunctionInfo } from "../../src/profile/query.ts";
import { oklchToRgb, type Rgb } from "./oklch.ts";

export const themeKinds = ["dark", "light", "high-contrast", "high-contrast-light"] as const;
export type ThemeKind = (typeof themeKinds)[number];

interface Tone {
  readonly hue: number;
  readonly chroma: number;
  /** Degrees of hue over which modules spread. */
  readonly spread: number;
}

const grey = (chroma = 0.012): Tone => ({ hue: 250, chroma, spread: 0 });

const tones: Record<Category, Tone> = {
  js: { hue: 64, chroma: 0.1, spread: 50 },
  wasm: { hue: 295, chroma: 0.1, spread: 16 },
  regexp: { hue: 345, chroma: 0.1, spread: 0 },
  builtin: { hue: 148, chroma: 0.085, spread: 14 },
  native: { hue: 232, chroma: 0.085, spread: 26 },
  kernel: { hue: 268, chroma: 0.07, spread: 10 },
  gc: { hue: 22, chroma: 0.13, spread: 0 },
  compiler: { hue: 185, chroma: 0.075, spread: 0 },
  idle: grey(0.004),
  program: grey(),
  system: grey(0.03),
  unaccounted: grey(),
  app: { hue: 64, chroma: 0.1, spread: 50 },
};

const lightness: Record<ThemeKind, { readonly base: number; readonly step: number }> = {
  dark: { base: 0.515, step: 0.035 },
  light: { base: 0.85, step: 0.03 },
  "high-contrast": { base: 0.36, step: 0.02 },
  "high-contrast-light": { base: 0.92, step: 0.015 },
};

/** Areas without text on them may stand out more from the background. */
const areaLightness: Record<ThemeKind, number> = {
  dark: 0.58,
  light: 0.78,
  "high-contrast": 0.7,
  "high-contrast-light": 0.6,
};

const inks: Record<ThemeKind, Rgb> = {
  dark: [255, 255, 255],
  light: [24, 24, 24],
  "high-contrast": [255, 255, 255],
  "high-contrast-light": [0, 0, 0],
};

export const categoryLabels: Record<Category, string> = {
  js: "JavaScript",
  wasm: "WebAssembly",
  regexp: "RegExp",
  builtin: "Built-ins",
  native: "Native",
  kernel: "Kernel",
  gc: "GC",
  compiler: "Compiler",
  idle: "Idle",
  program: "Program",
  system: "System",
  unaccounted: "Unaccounted",
  app: "App",
};

/** The colour of text on any box. */
export function inkColor(theme: ThemeKind): Rgb {
  return inks[theme];
}

/** The colour of a category's own area: timeline, bar, legend. */
export function categoryColor(category: Category, theme: ThemeKind): Rgb {
  const { hue, chroma } = tones[category];
  return oklchToRgb(areaLightness[theme], chroma, hue);
}

export function functionColor(func: FunctionInfo, theme: ThemeKind): Rgb {
  const { hue, chroma, spread } = tones[func.category];
  const { base, step } = lightness[theme];
  const group = hash(groupOf(func));
  // Two independent parts of the hash, each from -1 to 1.
  const turn = ((group & 0xff) / 0xff) * 2 - 1;
  const shade = (((group >>> 8) & 0xff) / 0xff) * 2 - 1;
  return oklchToRgb(base + shade * step, chroma, hue + (turn * spread) / 2);
}

/** What shares a shade: a package, a module, else a file, else the name. */
function groupOf({ url, module, name }: FunctionInfo): string {
  const inPackages = url.lastIndexOf("node_modules/");
  if (inPackages >= 0) {
    const [scope, rest] = url.slice(inPackages + "node_modules/".length).split("/");
    return scope?.startsWith("@") ? `${scope}/${rest}` : (scope ?? "");
  }
  return module || url || name.slice(0, 64);
}

/** FNV-1a, with its low bits stirred. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  }
  value ^= value >>> 15;
  return Math.imul(value, 0x2c1b3c6d) >>> 0;
}
