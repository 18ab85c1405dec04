/** What the thread that follows logs is asked, and what it says. */
import type { FollowLimits, FollowState } from "./follow-state.ts";

export interface FollowedFile {
  readonly path: string;
  readonly folder: string;
  readonly limits: FollowLimits;
}

export type ToFollower =
  | { readonly kind: "start"; readonly id: number; readonly file: FollowedFile }
  | {
      readonly kind: "snapshot";
      readonly id: number;
      readonly call: number;
      readonly output: string;
    }
  | { readonly kind: "stop"; readonly id: number; readonly call: number }
  | { readonly kind: "cancel"; readonly call: number };

export type FromFollower =
  | { readonly kind: "state"; readonly id: number; readonly state: FollowState }
  | { readonly kind: "done"; readonly call: number; readonly state?: FollowState }
  | {
      readonly kind: "failed";
      readonly call: number;
      readonly name: string;
      readonly message: string;
    };
