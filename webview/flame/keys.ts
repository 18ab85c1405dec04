/** What a key means in a flame graph. */
import type { Step } from "./walk.ts";

export type FlameCommand =
  | { readonly kind: "step"; readonly step: Step }
  | { readonly kind: "magnify"; readonly factor: number }
  | { readonly kind: "pan"; readonly share: number }
  | { readonly kind: "page"; readonly pages: number }
  | { readonly kind: "zoom" | "zoom-out" | "reset" | "open-source" | "sandwich" | "deselect" };

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** @param grows the arrow keys follow what is on screen: callers grow upwards */
export function flameCommand(press: KeyPress, grows: "down" | "up"): FlameCommand | undefined {
  // Chords belong to the editor.
  if (press.ctrlKey || press.metaKey || press.altKey) return undefined;
  const [up, down]: [Step, Step] = grows === "down" ? ["parent", "child"] : ["child", "parent"];
  switch (press.key) {
    case "ArrowUp":
      return { kind: "step", step: up };
    case "ArrowDown":
      return { kind: "step", step: down };
    case "ArrowLeft":
      return press.shiftKey ? { kind: "pan", share: -0.2 } : { kind: "step", step: "previous" };
    case "ArrowRight":
      return press.shiftKey ? { kind: "pan", share: 0.2 } : { kind: "step", step: "next" };
    case "PageUp":
      return { kind: "page", pages: -1 };
    case "PageDown":
      return { kind: "page", pages: 1 };
    case "+":
    case "=":
      return { kind: "magnify", factor: 1.5 };
    case "-":
      return { kind: "magnify", factor: 1 / 1.5 };
    case "Enter":
      return { kind: "zoom" };
    case "Backspace":
      return { kind: "zoom-out" };
    case "Home":
      return { kind: "reset" };
    case "Escape":
      return { kind: "deselect" };
    case "o":
      return { kind: "open-source" };
    case "s":
      return { kind: "sandwich" };
    default:
      return undefined;
  }
}
