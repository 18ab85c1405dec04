/** What every place for evidence is: the same few acts on a folder or a bucket. */
import type { Readable } from "node:stream";
import type { TaskOptions } from "../toolchain/progress.ts";
import type { ArtifactKind } from "./key.ts";

export interface Artifact {
  readonly key: string;
  /** Absent for a file that somebody else put there, and whose name does not tell. */
  readonly kind?: ArtifactKind;
  readonly bytes: number;
  /** When it was captured, or else put there. Milliseconds since the epoch. */
  readonly time: number;
  /** It stays, whatever the store's bounds. */
  readonly pinned: boolean;
}

/** A file is kept as it is when the put begins: what is written to it later is not in. */
export type Source =
  | { readonly file: string }
  | { readonly stream: Readable; readonly bytes?: number };

export interface OpenArtifact {
  readonly bytes: number;
  /** Fails when the bytes end too early. */
  readonly stream: Readable;
}

export interface ArtifactStore {
  /** As a person would write it: an absolute path or `s3://bucket/prefix`. */
  readonly place: string;
  /**
   * Keeps it, whole or not at all, and looks that it is there.
   * @returns its bytes
   * @throws ArtifactError; the signal's reason
   */
  put(key: string, source: Source, task?: TaskOptions): Promise<number>;
  /** All below a prefix, oldest first. */
  list(prefix?: string, task?: TaskOptions): Promise<Artifact[]>;
  /** @throws ArtifactError `no-such-artifact` */
  open(key: string, task?: TaskOptions): Promise<OpenArtifact>;
  /** @throws ArtifactError `no-such-artifact`; `pinned`: unpin it first */
  remove(key: string, task?: TaskOptions): Promise<void>;
  /** @throws ArtifactError `no-such-artifact` */
  setPinned(key: string, pinned: boolean, task?: TaskOptions): Promise<void>;
  /**
   * Where it lies, in a store that is a folder of this machine.
   * @throws ArtifactError `no-such-artifact`
   */
  readonly pathOf?: (key: string) => Promise<string>;
  /** Lets go of connections. */
  close(): void;
}

/** A mark beside what is pinned: every kind of store has names, few have more. */
export const pinSuffix = ".pin";

/** Oldest first; what was kept in the same moment by name. */
export function byAge(a: Artifact, b: Artifact): number {
  return a.time - b.time || (a.key < b.key ? -1 : 1);
}
