/** What every format reader is: a test of the file's first bytes, and a streaming read. */
import type { Profile } from "../profile/profile.ts";

export interface ReadOptions {
  /** Called a few times a second with bytes read so far and bytes in all. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Checked between chunks; an aborted read rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Only this process, where a format holds several. */
  readonly pid?: number;
}

export interface FormatReader {
  /** The profile's `meta.format`. */
  readonly format: string;
  /** Whether the file's first bytes (64 KiB or the whole file) are this format's. Never throws. */
  recognizes(head: Buffer, fileName: string): boolean;
  /**
   * Streams the file into a profile with bounded memory. What could not be read is counted in
   * the profile's warnings.
   * @throws FormatError when nothing of the file can be read.
   */
  read(path: string, options?: ReadOptions): Promise<Profile>;
}
