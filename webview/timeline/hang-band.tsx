/** The hangs over the timeline; a click narrows every pane to one of them. */
import type { TimelineAnswer } from "../../src/profile/query.ts";
import { formatTime } from "../text/format.ts";
import type { Range } from "./range.ts";

type Hang = TimelineAnswer["hangs"][number];

interface HangBandProps {
  readonly hangs: readonly Hang[];
  /** Microseconds of the whole strip. */
  readonly duration: number;
  readonly onSelect: (range: Range) => void;
}

export function HangBand({ hangs, duration, onSelect }: HangBandProps) {
  if (hangs.length === 0 || duration <= 0) return null;
  return (
    <section class="hang-band" aria-label="Hangs">
      {hangs.map((hang) => (
        <button
          key={`${hang.thread} ${hang.start}`}
          type="button"
          class="hang"
          style={{
            left: `${(hang.start / duration) * 100}%`,
            width: `${(hang.duration / duration) * 100}%`,
          }}
          title={describe(hang)}
          aria-label={describe(hang)}
          onClick={() => onSelect(rangeOf(hang, duration))}
        >
          <span>{hang.type}</span>
        </button>
      ))}
    </section>
  );
}

function describe({ type, start, duration }: Hang): string {
  return `${type}: ${formatTime(duration)}, from ${formatTime(start)} on`;
}

function rangeOf({ start, duration }: Hang, end: number): Range {
  return { from: start, to: Math.min(start + duration, end) };
}
