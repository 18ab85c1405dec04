/**
 * Which code stands at an address. Ranges never overlap: adding one removes what it covers, as
 * V8 reuses the memory of dead code without saying so.
 *
 * A sorted list cut into blocks: an insertion moves at most one block, a search is two binary
 * searches without allocation.
 */
const blockSize = 256;

export interface AddressRange {
  start: number;
  readonly size: number;
}

class Block<T extends AddressRange> {
  /** `starts[i]` is `ranges[i].start`: kept apart so that searching touches no object. */
  readonly starts = new Float64Array(blockSize);
  readonly ranges: T[] = [];
}

export class RangeMap<T extends AddressRange> {
  readonly #blocks: Block<T>[] = [];
  /**
   * Where each block but the first starts: kept apart, as a block's own arrays are far from each
   * other. Only the first can be added to at its start, and that one is not asked for.
   */
  readonly #firsts: number[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The range that holds `address`. */
  find(address: number): T | undefined {
    const block = this.#blocks[this.#blockOf(address)];
    const range = block?.ranges[lastAtOrBelow(block, address)];
    return range && address < range.start + range.size ? range : undefined;
  }

  /** The range that starts at exactly `address`. */
  at(address: number): T | undefined {
    const range = this.find(address);
    return range?.start === address ? range : undefined;
  }

  /** Adds a range; everything that it overlaps is removed and handed to `onRemoved`. */
  add(range: T, onRemoved: (removed: T) => void): void {
    this.#removeOverlapping(range.start, range.start + range.size, onRemoved);
    const index = this.#blockOf(range.start);
    let block = this.#blocks[index];
    if (!block) {
      block = new Block();
      this.#blocks.push(block);
      this.#firsts.push(range.start);
    } else if (block.ranges.length === blockSize) {
      const upper = split(block);
      this.#blocks.splice(index + 1, 0, upper);
      this.#firsts.splice(index + 1, 0, upper.starts[0]!);
      if (range.start >= upper.starts[0]!) block = upper;
    }
    const at = lastAtOrBelow(block, range.start) + 1;
    block.starts.copyWithin(at + 1, at, block.ranges.length);
    block.starts[at] = range.start;
    block.ranges.splice(at, 0, range);
    this.#size++;
  }

  /** Removes the range that starts at `address` and gives it back. */
  remove(address: number): T | undefined {
    const index = this.#blockOf(address);
    const block = this.#blocks[index];
    if (!block) return undefined;
    const at = lastAtOrBelow(block, address);
    const range = block.ranges[at];
    if (range?.start !== address) return undefined;
    block.starts.copyWithin(at, at + 1, block.ranges.length);
    block.ranges.splice(at, 1);
    if (block.ranges.length === 0) {
      this.#blocks.splice(index, 1);
      this.#firsts.splice(index, 1);
    } else if (at === 0) {
      this.#firsts[index] = block.starts[0]!;
    }
    this.#size--;
    return range;
  }

  #removeOverlapping(start: number, end: number, onRemoved: (removed: T) => void): void {
    for (let range = this.#lastBelow(end); range; range = this.#lastBelow(end)) {
      if (range.start < start && range.start + range.size <= start) return;
      this.remove(range.start);
      onRemoved(range);
    }
  }

  #lastBelow(address: number): T | undefined {
    const index = this.#blockOf(address);
    const block = this.#blocks[index];
    if (!block) return undefined;
    let at = lastAtOrBelow(block, address);
    if (at >= 0 && block.starts[at] === address) at--;
    return at >= 0 ? block.ranges[at] : this.#blocks[index - 1]?.ranges.at(-1);
  }

  /** The last block that starts at or below `address`, else the first. */
  #blockOf(address: number): number {
    let low = 0;
    let high = this.#firsts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#firsts[middle]! <= address) low = middle;
      else high = middle;
    }
    return low;
  }
}

function lastAtOrBelow(block: Block<AddressRange>, address: number): number {
  let low = 0;
  let high = block.ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (block.starts[middle]! <= address) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function split<T extends AddressRange>(block: Block<T>): Block<T> {
  const upper = new Block<T>();
  const half = blockSize / 2;
  upper.starts.set(block.starts.subarray(half));
  upper.ranges.push(...block.ranges.splice(half));
  return upper;
}
