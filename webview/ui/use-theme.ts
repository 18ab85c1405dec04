import { useEffect, useState } from "preact/hooks";
import type { Rgb } from "../color/oklch.ts";
import type { ThemeKind } from "../color/palette.ts";

/** The parts of the editor's theme that are drawn on a canvas, where no CSS variable reaches. */
export interface Theme {
  readonly kind: ThemeKind;
  readonly background: Rgb;
  readonly foreground: string;
  readonly focus: string;
  /** `""` in themes without it. */
  readonly border: string;
  readonly font: string;
}

/** VS Code tells its theme by classes of the body and variables of the root. */
export function useTheme(): Theme {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => {
    const observer = new MutationObserver(() => setTheme(readTheme()));
    observer.observe(document.body, { attributeFilter: ["class", "data-vscode-theme-id"] });
    observer.observe(document.documentElement, { attributeFilter: ["style", "class"] });
    return () => observer.disconnect();
  }, []);
  return theme;
}

function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const variable = (name: string, fallback: string) =>
    style.getPropertyValue(`--vscode-${name}`).trim() || fallback;
  const kind = themeKind(document.body.classList);
  return {
    kind,
    background: parseColor(variable("editor-background", kind.includes("light") ? "#fff" : "#000")),
    foreground: variable("foreground", "#888"),
    focus: variable("focusBorder", "#0078d4"),
    border: kind.startsWith("high-contrast") ? variable("contrastBorder", "#6fc3df") : "",
    font: variable("font-family", "sans-serif"),
  };
}

function themeKind(classes: DOMTokenList): ThemeKind {
  if (classes.contains("vscode-high-contrast-light")) return "high-contrast-light";
  if (classes.contains("vscode-high-contrast")) return "high-contrast";
  return classes.contains("vscode-light") ? "light" : "dark";
}

/** Any CSS colour, as the browser reads it. */
function parseColor(css: string): Rgb {
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  if (!context) return [0, 0, 0];
  context.fillStyle = css;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
