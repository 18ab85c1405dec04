/** Takes the ticks out of a log's bytes, record by record: pure, and as the log's reader sees them. */
import { hasAt, newline } from "../../formats/v8-log/bytes.ts";
import { codeCreation, readCodeLines } from "../../formats/v8-log/code-lines.ts";
import { maxRecordBytes } from "../../formats/v8-log/code-record.ts";

export interface WithoutTicks {
  /** How much of `into` was filled. */
  readonly kept: number;
  /** How much of `bytes` was taken: the next call begins with what comes after. */
  readonly taken: number;
  /** Whether what was taken ends inside of a line that is kept. */
  readonly insideLine: boolean;
  readonly ticks: number;
}

const tick = "tick,";

/**
 * Copies all records but ticks. A name can hold line ends, and a line behind one can look like a
 * tick: such a record is taken whole or not at all. A longer line is taken as far as it is there.
 * @param into at least as long as `bytes`, and not the same memory
 */
export function dropTicks(bytes: Buffer, into: Buffer, insideLine: boolean): WithoutTicks {
  let kept = 0;
  let ticks = 0;
  let at = 0;
  /** Where the run of records begins that is copied next. */
  let from = 0;
  const copyTo = (end: number) => {
    kept += bytes.copy(into, kept, from, end);
    from = end;
  };
  if (insideLine) {
    const lineEnd = bytes.indexOf(newline);
    at = lineEnd < 0 ? bytes.length : lineEnd + 1;
    insideLine = lineEnd < 0;
  }
  while (at < bytes.length) {
    const lineEnd = bytes.indexOf(newline, at);
    if (lineEnd < 0) {
      insideLine = bytes.length - at > maxRecordBytes;
      if (insideLine) at = bytes.length;
      break;
    }
    if (hasAt(bytes, at, lineEnd, tick)) {
      copyTo(at);
      ticks++;
      at = from = lineEnd + 1;
    } else if (hasAt(bytes, at, lineEnd, codeCreation)) {
      const lines = readCodeLines(bytes, at, lineEnd, { end: bytes.length, isLast: false });
      if (!lines) break;
      at = lines.next;
    } else {
      at = lineEnd + 1;
    }
  }
  copyTo(at);
  return { kept, taken: at, insideLine, ticks };
}
