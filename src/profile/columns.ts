/**
 * One binary form for every answer that carries columns: JSON for the shape, then the typed
 * arrays, each aligned to 8 bytes. Between worker, server, extension and webview nothing is
 * parsed number by number. Runs in browsers too.
 *
 * Layout, little-endian: u32 magic, u32 JSON bytes, JSON (UTF-8), padding, arrays. In the JSON a
 * typed array stands as `{"$column":[type, offset, length]}`, its offset counted from the first
 * array.
 */

const magic = 0x31_43_53_48; // "HSC1"
const headerBytes = 8;
const alignment = 8;

const arrayTypes = {
  u8: Uint8Array,
  u16: Uint16Array,
  u32: Uint32Array,
  i32: Int32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;
type ArrayType = keyof typeof arrayTypes;
export type Column = InstanceType<(typeof arrayTypes)[ArrayType]>;

interface ColumnReference {
  readonly $column: readonly [type: ArrayType, offset: number, length: number];
}

export function encodeColumns(value: unknown): ArrayBuffer {
  const arrays: Column[] = [];
  let arrayBytes = 0;
  const json = new TextEncoder().encode(
    JSON.stringify(value, (_key, entry: unknown) => {
      const type = columnType(entry);
      if (!type) return entry;
      const column = entry as Column;
      const reference: ColumnReference = { $column: [type, arrayBytes, column.length] };
      arrays.push(column);
      arrayBytes += aligned(column.byteLength);
      return reference;
    }),
  );
  const start = aligned(headerBytes + json.byteLength);
  const buffer = new ArrayBuffer(start + arrayBytes);
  const header = new DataView(buffer);
  header.setUint32(0, magic, true);
  header.setUint32(4, json.byteLength, true);
  new Uint8Array(buffer, headerBytes).set(json);
  let offset = start;
  for (const column of arrays) {
    new Uint8Array(buffer, offset).set(
      new Uint8Array(column.buffer, column.byteOffset, column.byteLength),
    );
    offset += aligned(column.byteLength);
  }
  return buffer;
}

/**
 * The arrays of the result are views of `buffer`.
 * @throws RangeError when the bytes are not what `encodeColumns` wrote.
 */
export function decodeColumns(buffer: ArrayBuffer): unknown {
  if (buffer.byteLength < headerBytes) throw new RangeError("Not a columns message: too short.");
  const header = new DataView(buffer);
  if (header.getUint32(0, true) !== magic) throw new RangeError("Not a columns message.");
  const jsonBytes = header.getUint32(4, true);
  const start = aligned(headerBytes + jsonBytes);
  if (start > aligned(buffer.byteLength)) throw new RangeError("A columns message was cut short.");
  const json = new TextDecoder().decode(new Uint8Array(buffer, headerBytes, jsonBytes));
  return restore(JSON.parse(json), ([type, offset, length]) => {
    return new arrayTypes[type](buffer, start + offset, length);
  });
}

/** A walk in place: `JSON.parse` with a reviver takes ten times as long. */
function restore(value: unknown, column: (at: ColumnReference["$column"]) => Column): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (isReference(value)) return column(value.$column);
  const entries = value as Record<string, unknown>;
  for (const key in entries) {
    if (typeof entries[key] === "object") entries[key] = restore(entries[key], column);
  }
  return value;
}

/** The same value with plain number arrays, for clients that speak only JSON. */
export function columnsToJson(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, entry: unknown) =>
      columnType(entry) ? Array.from(entry as Column) : entry,
    ),
  );
}

function columnType(value: unknown): ArrayType | undefined {
  if (!ArrayBuffer.isView(value)) return undefined;
  for (const type of Object.keys(arrayTypes) as ArrayType[]) {
    if (value instanceof arrayTypes[type]) return type;
  }
  return undefined;
}

function isReference(value: object): value is ColumnReference {
  return "$column" in value;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
