/**
 * Source lines: which line each frame stands on, in the original source where mapped. Only lines
 * that a developer can open count: built-in and native code and Node's own modules have none.
 */
import { framePosition } from "./position.ts";
import type { Profile } from "./profile.ts";

export interface LineTable {
  readonly length: number;
  readonly url: readonly string[];
  readonly line: Uint32Array;
  /** Line of each frame, -1 where there is none. */
  readonly ofFrame: Int32Array;
  /** Rows by URL. */
  readonly byUrl: ReadonlyMap<string, readonly number[]>;
}

export function buildLineTable(profile: Profile): LineTable {
  const { frames } = profile;
  const ofFrame = new Int32Array(frames.length).fill(-1);
  const url: string[] = [];
  const line: number[] = [];
  const byUrl = new Map<string, number[]>();
  const rowOf = new Map<string, number>();
  for (let frame = 0; frame < frames.length; frame++) {
    const position = framePosition(profile, frame);
    if (position.line === 0 || !isSourceUrl(position.url)) continue;
    const key = `${position.line}:${position.url}`;
    let row = rowOf.get(key);
    if (row === undefined) {
      row = url.push(position.url) - 1;
      line.push(position.line);
      rowOf.set(key, row);
      const rows = byUrl.get(position.url);
      if (rows) rows.push(row);
      else byUrl.set(position.url, [row]);
    }
    ofFrame[frame] = row;
  }
  return { length: url.length, url, line: Uint32Array.from(line), ofFrame, byUrl };
}

/** Whether a URL names something that a developer can open. */
export function isSourceUrl(url: string): boolean {
  return url !== "" && !/^(node|internal|wasm|native|extensions|evalmachine):/.test(url);
}
