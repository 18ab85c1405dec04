/** One script's source map, asked in the model's terms: lines and columns 1-based, 0 unknown. */
import {
  AnyMap,
  decodedMappings,
  type SourceMapSegment,
  type TraceMap,
} from "@jridgewell/trace-mapping";

export interface OriginalPosition extends Position {
  /** As the map names it, `sourceRoot` in front. */
  readonly source: string;
}

interface Position {
  readonly line: number;
  readonly column: number;
}

type Segments = readonly SourceMapSegment[];

/**
 * Of a frame without a column only the line is known. In a bundle's one long line that may be
 * anywhere: such a frame is mapped where its line came from fewer lines than these.
 */
const nearLines = 10;

/** From the end of a function's name to where V8 lets the function start: `t(`, `t=(`, `t = (`. */
const nameGap = 3;

export class ScriptMap {
  readonly #map: TraceMap;
  readonly #lines: readonly Segments[];

  /** @throws when the text is no source map */
  constructor(json: string) {
    // Some servers put this line in front, against inclusion as a script.
    this.#map = new AnyMap(json.replace(/^\)\]\}'[^\n]*\n/, ""));
    this.#lines = decodedMappings(this.#map);
  }

  /** @param functionStart of the function that the position lies in */
  original(at: Position, functionStart: Position): OriginalPosition | undefined {
    const segments = this.#lines[at.line - 1] ?? [];
    if (at.column > 0) {
      const last = lastAtOrBefore(segments, at.column - 1);
      // Left of the first mapping there is only indentation.
      return this.#position(segments[Math.max(0, last)]);
    }
    const startsHere = functionStart.line === at.line && functionStart.column > 0;
    const first = startsHere ? lastAtOrBefore(segments, functionStart.column - 1) : 0;
    return this.#lineStart(segments, Math.max(0, first));
  }

  /**
   * What a function was called before it became `name`, if the map knows.
   * @param start where it starts for V8: at its parameters
   */
  originalName(name: string, start: Position): string | undefined {
    const segments = this.#lines[start.line - 1] ?? [];
    const shortName = name.slice(name.lastIndexOf(".") + 1);
    if (shortName === "" || start.column === 0) return undefined;
    // Maps name every identifier. The function's own is the one that ends where it starts.
    const latest = start.column - 1 - shortName.length;
    for (let i = lastAtOrBefore(segments, latest); i >= 0; i--) {
      const segment = segments[i]!;
      if (segment[0] < latest - nameGap) return undefined;
      if (segment.length === 5) {
        const original = this.#map.names[segment[4]];
        return original === shortName ? undefined : original;
      }
    }
    return undefined;
  }

  #lineStart(segments: Segments, first: number): OriginalPosition | undefined {
    let start: SourceMapSegment | undefined;
    for (let i = first; i < segments.length; i++) {
      const segment = segments[i]!;
      if (segment.length === 1) continue;
      start ??= segment;
      const isNear = segment[1] === start[1] && Math.abs(segment[2]! - start[2]!) < nearLines;
      if (!isNear) return undefined;
    }
    return this.#position(start);
  }

  #position(segment: SourceMapSegment | undefined): OriginalPosition | undefined {
    if (segment === undefined || segment.length === 1) return undefined;
    const source = this.#map.sources[segment[1]] && this.#map.resolvedSources[segment[1]];
    return source ? { source, line: segment[2] + 1, column: segment[3] + 1 } : undefined;
  }
}

/** The index of the last segment that starts no further right than `column`, or -1. */
function lastAtOrBefore(segments: Segments, column: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (segments[middle]![0] <= column) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
