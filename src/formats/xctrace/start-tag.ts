/** A start tag's attributes, as far as exports say something with them. One object, reused. */
import { decodeText } from "./entities.ts";

/** An `id` or `ref` that the tag does not have. */
export const noId = -1;
/** An `id` or `ref` that is no whole number up to 2^53. */
export const unusableId = -2;

const bytesOf = (text: string) => Buffer.from(text);
const known = {
  addr: bytesOf("addr"),
  fmt: bytesOf("fmt"),
  inlined: bytesOf("inlined"),
  line: bytesOf("line"),
  name: bytesOf("name"),
  path: bytesOf("path"),
  xpath: bytesOf("xpath"),
};

/** The value of an attribute: `[start, end)` of the tag's bytes, both 0 when it is not there. */
export class AttributeSpan {
  start = 0;
  end = 0;

  get isPresent(): boolean {
    return this.end > 0;
  }
}

export class StartTag {
  /** What the spans are in; valid until the next tag is read. */
  bytes: Buffer = Buffer.alloc(0);
  /** Over the same memory. */
  view = new DataView(this.bytes.buffer);
  id = noId;
  ref = noId;
  readonly addr = new AttributeSpan();
  readonly fmt = new AttributeSpan();
  readonly inlined = new AttributeSpan();
  readonly line = new AttributeSpan();
  readonly name = new AttributeSpan();
  readonly path = new AttributeSpan();
  readonly xpath = new AttributeSpan();

  clear(bytes: Buffer, view: DataView): void {
    this.bytes = bytes;
    this.view = view;
    this.id = noId;
    this.ref = noId;
    this.addr.end = 0;
    this.fmt.end = 0;
    this.inlined.end = 0;
    this.line.end = 0;
    this.name.end = 0;
    this.path.end = 0;
    this.xpath.end = 0;
  }

  /** The decoded value, `""` when the tag does not have the attribute. */
  text({ start, end }: AttributeSpan): string {
    return end === 0 ? "" : decodeText(this.bytes, start, end);
  }

  /** Takes the attribute whose name and value stand at these places. */
  add(nameStart: number, nameEnd: number, start: number, end: number): void {
    const { bytes } = this;
    const second = bytes[nameStart + 1];
    switch (nameEnd - nameStart) {
      case 2:
        if (bytes[nameStart] === 0x69 && second === 0x64) this.id = parseId(bytes, start, end);
        return;
      case 3:
        if (second === 0x6d) this.#keep(this.fmt, known.fmt, nameStart, start, end);
        else if (bytes[nameStart] === 0x72 && second === 0x65 && bytes[nameStart + 2] === 0x66) {
          this.ref = parseId(bytes, start, end);
        }
        return;
      case 4:
        if (second === 0x61) {
          if (bytes[nameStart] === 0x6e) this.#keep(this.name, known.name, nameStart, start, end);
          else this.#keep(this.path, known.path, nameStart, start, end);
        } else if (second === 0x64) this.#keep(this.addr, known.addr, nameStart, start, end);
        else if (second === 0x69) this.#keep(this.line, known.line, nameStart, start, end);
        return;
      case 5:
        this.#keep(this.xpath, known.xpath, nameStart, start, end);
        return;
      case 7:
        this.#keep(this.inlined, known.inlined, nameStart, start, end);
    }
  }

  #keep(span: AttributeSpan, name: Buffer, nameStart: number, start: number, end: number): void {
    for (let i = 0; i < name.length; i++) if (this.bytes[nameStart + i] !== name[i]) return;
    span.start = start;
    span.end = end;
  }
}

function parseId(bytes: Buffer, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) return parseWrittenId(bytes, start, end);
    value = value * 10 + digit;
  }
  return end > start && value <= Number.MAX_SAFE_INTEGER ? value : unusableId;
}

/** XML lets any character be written as an entity, and spaces stand around a number. */
function parseWrittenId(bytes: Buffer, start: number, end: number): number {
  const text = decodeText(bytes, start, end).trim();
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return value <= Number.MAX_SAFE_INTEGER ? value : unusableId;
}
