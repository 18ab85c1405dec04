/**
 * Source tables by where they stand in the file. The text of the latest, which are asked for most,
 * and of those asked for since stays in memory.
 */
import type { FileSpans } from "./file-spans.ts";
import type { FileSpan } from "./script.ts";
import type { TableText } from "./source-table.ts";

const usualBytes = 4 << 20;

export interface TableSpan extends FileSpan {
  /** Bytes before the comma that ends its rows. */
  readonly rowBytes: number;
  /** What had been kept before it when it was kept last, in bytes; -1 when it never was. */
  keptAt: number;
}

export class SourceTables {
  readonly #spans: FileSpans;
  /** Filled round and round. */
  #ring: Buffer;
  #kept = 0;

  constructor(spans: FileSpans, ringBytes = usualBytes) {
    this.#spans = spans;
    this.#ring = Buffer.allocUnsafeSlow(ringBytes);
  }

  /** @param text the table's, in memory only now */
  keep(table: TableSpan, text: Uint8Array): void {
    const { length } = text;
    if (length > this.#ring.length) this.#ring = Buffer.allocUnsafeSlow(length);
    const room = this.#ring.length - (this.#kept % this.#ring.length);
    if (length > room) this.#kept += room;
    this.#ring.set(text, this.#kept % this.#ring.length);
    table.keptAt = this.#kept;
    this.#kept += length;
  }

  /** Valid until the next call of anything here; shorter when the file has shrunk since. */
  text(table: TableSpan): TableText {
    const isKept = table.keptAt >= 0 && this.#kept - table.keptAt <= this.#ring.length;
    if (!isKept) {
      const bytes = this.#spans.read(table);
      const { length } = bytes;
      if (length < table.length) {
        return { bytes, start: 0, rowsEnd: Math.min(table.rowBytes, length), end: length };
      }
      this.keep(table, bytes);
    }
    const start = table.keptAt % this.#ring.length;
    const rowsEnd = start + table.rowBytes;
    return { bytes: this.#ring, start, rowsEnd, end: start + table.length };
  }
}
