import { useEffect, useState } from "preact/hooks";
import { parseColor } from "../color/css.ts";
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
