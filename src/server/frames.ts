/**
 * A call's answer as it comes: progress while it runs, then one result or error. Each frame is
 * u8 kind, u32 length (little-endian), payload.
 */

export const frameKinds = { progress: 1, result: 2, error: 3 } as const;
type FrameKind = (typeof frameKinds)[keyof typeof frameKinds];

const headerBytes = 5;
/** No answer comes near: a longer one is not ours. */
const longestPayload = 1 << 30;

export function encodeFrame(kind: FrameKind, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + payload.byteLength);
  frame.writeUInt8(kind, 0);
  frame.writeUInt32LE(payload.byteLength, 1);
  frame.set(payload, headerBytes);
  return frame;
}

export function encodeJsonFrame(kind: FrameKind, value: unknown): Buffer {
  return encodeFrame(kind, Buffer.from(JSON.stringify(value)));
}

export interface Frame {
  readonly kind: number;
  /** A copy of its own, aligned for typed arrays. */
  readonly payload: ArrayBuffer;
}

/** @throws RangeError when the stream is not frames or ends inside one. */
export async function* decodeFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  const pending: Uint8Array[] = [];
  let available = 0;
  const take = (bytes: number): Buffer => {
    const whole = pending.length === 1 ? pending[0]! : Buffer.concat(pending);
    pending.length = 0;
    if (whole.byteLength > bytes) pending.push(whole.subarray(bytes));
    available -= bytes;
    return Buffer.from(whole.buffer, whole.byteOffset, bytes);
  };
  let header: { kind: number; length: number } | undefined;
  for await (const chunk of chunks) {
    if (chunk.byteLength === 0) continue;
    pending.push(chunk);
    available += chunk.byteLength;
    for (;;) {
      if (!header) {
        if (available < headerBytes) break;
        const bytes = take(headerBytes);
        header = { kind: bytes.readUInt8(0), length: bytes.readUInt32LE(1) };
        if (header.length > longestPayload) throw new RangeError("Not a stream of frames.");
      }
      if (available < header.length) break;
      const payload = new ArrayBuffer(header.length);
      new Uint8Array(payload).set(header.length === 0 ? [] : take(header.length));
      yield { kind: header.kind, payload };
      header = undefined;
    }
  }
  if (header || available > 0) throw new RangeError("The answer was cut short.");
}
