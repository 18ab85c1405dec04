/** What the hashing thread is asked, and what it answers. Shapes only. */
import type { Environment } from "../../toolchain/environment.ts";

export type HashRequest =
  /** One digest over all inputs of a build. */
  | {
      readonly kind: "sources";
      /** Absolute paths. */
      readonly folders: readonly string[];
      readonly scheme: string;
      /** For git. */
      readonly env: Environment;
    }
  /** Writes the list of all files below a folder, with their hashes. */
  | { readonly kind: "list"; readonly folder: string; readonly to: string }
  /** Whether the products are what their list says: all by size, some or all by content. */
  | {
      readonly kind: "check";
      readonly products: string;
      readonly list: string;
      readonly listSha256: string;
      /** Bundles and files that nothing runs without. */
      readonly essential: readonly string[];
      /** Every file is read, and no other may be there. */
      readonly whole: boolean;
    };

export interface ListSummary {
  readonly count: number;
  readonly bytes: number;
  /** Of the list itself. */
  readonly sha256: string;
}

export interface HashAnswers {
  readonly sources: { readonly sha256: string; readonly files: number };
  readonly list: ListSummary;
  /** Why the files are not what they were; absent when they are. */
  readonly check: { readonly problem?: string };
}

export interface ToHasher {
  readonly id: number;
  readonly request: HashRequest;
  /** Not 0 once nobody waits for the answer. */
  readonly cancelled: Int32Array<SharedArrayBuffer>;
}

export type FromHasher =
  | { readonly id: number; readonly answer: HashAnswers[keyof HashAnswers] }
  | { readonly id: number; readonly error: { readonly message: string; readonly code?: string } }
  /** As nobody waits any more; nothing runs on. */
  | { readonly id: number; readonly stopped: true };
