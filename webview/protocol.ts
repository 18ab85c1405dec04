/**
 * What the profile view and its host say to each other. Types only; the host is VS Code's custom
 * editor, or a test page.
 */
import type { QueryInput } from "../src/profile/query.ts";

/** A place in a source file. */
export interface SourcePosition {
  /** As the profile names it: `file://` URL or path. */
  readonly url: string;
  /** 1-based; 0 when unknown. */
  readonly line: number;
  readonly column: number;
}

export type FromView =
  /** The view can take messages; the host answers with `opening`, `opened` or `failed`. */
  | { readonly kind: "ready" }
  | { readonly kind: "query"; readonly id: number; readonly query: QueryInput }
  /** The answer is no longer wanted. */
  | { readonly kind: "cancel-query"; readonly id: number }
  /** A click on a frame. `beside`: keep the view visible. */
  | {
      readonly kind: "go-to-source";
      readonly position: SourcePosition;
      readonly beside: boolean;
    }
  /** The user gave up waiting for the profile to be read. */
  | { readonly kind: "cancel-opening" }
  /** First frame with data drawn: milliseconds since the page's time origin. */
  | { readonly kind: "painted"; readonly at: number };

export type ToView =
  | {
      readonly kind: "opening";
      readonly title: string;
      readonly message: string;
      /** 0 to 1; absent when unknown. */
      readonly share?: number;
    }
  | { readonly kind: "opened"; readonly title: string }
  /** Nothing to show, and why. One sentence. */
  | { readonly kind: "failed"; readonly message: string }
  /** `encodeColumns` of the answer. */
  | { readonly kind: "answer"; readonly id: number; readonly data: ArrayBuffer }
  | { readonly kind: "query-failed"; readonly id: number; readonly message: string }
  /** Names came in: ask again. */
  | { readonly kind: "updated" }
  /** Show a function: select it, centre it, open its details. */
  | { readonly kind: "reveal"; readonly func: number }
  /** `next`: the one that is not shown. */
  | { readonly kind: "show"; readonly view: "flame" | "table" | "findings" | "next" };
