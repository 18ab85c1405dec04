import assert from "node:assert/strict";
import fc from "fast-check";
import { FrameTexts, unknownText } from "../../../src/formats/v8-log/frame-texts.ts";

/** What is known of a frame as it stands in a line. */
function lookUp(texts: FrameTexts, text: string): { chain: number; address: number } | undefined {
  const bytes = Buffer.from(text.padEnd(16, "\n"));
  const slot = texts.find(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0);
  if (slot === unknownText) return undefined;
  return { chain: texts.chainAt(slot), address: texts.addressAt(slot) };
}

const written = (address: number) => `,0x${address.toString(16)},`;

describe("v8-log: frames by their text", () => {
  it("are those of a plain map, over growing and forgetting", () => {
    const address = fc.oneof(
      fc.integer({ min: 2 ** 44, max: 2 ** 48 - 1 }),
      // Near enough to meet each other often, at both ends of what has twelve digits.
      fc.integer({ min: 2 ** 44 - 50, max: 2 ** 44 + 3000 }),
      fc.integer({ min: 2 ** 48 - 3000, max: 2 ** 48 + 50 }),
    );
    const step = fc.record({ address, chain: fc.integer({ min: -1, max: 1 << 20 }) });
    const steps = fc.array(step, { minLength: 5000, maxLength: 9000, size: "max" });
    fc.assert(
      fc.property(steps, (all) => {
        const texts = new FrameTexts();
        const expected = new Map<number, number>();
        all.forEach(({ address, chain }, i) => {
          if (i % 5 === 0) {
            texts.forget(address);
            expected.delete(address);
          } else {
            texts.set(address, chain);
            expected.set(address, chain);
          }
        });
        for (const { address } of all) {
          const chain = expected.get(address);
          const isTold = chain !== undefined && address.toString(16).length === 12;
          const found = isTold ? { chain, address } : undefined;
          assert.deepEqual(lookUp(texts, written(address)), found);
        }
      }),
      { numRuns: 5, endOnFailure: true },
    );
  });

  it("are told only when written as V8 writes them, up to the comma behind", () => {
    const texts = new FrameTexts();
    texts.set(0x7f05928f1234, 7);
    assert.equal(lookUp(texts, ",0x7f05928f1234,")?.chain, 7);
    for (const other of [
      ",0x7f05928f1235,",
      ",0x7F05928F1234,",
      ",0x7f05928f1234\n",
      ",0x7f05928f12345",
      ";0x7f05928f1234,",
      ",1x7f05928f1234,",
      ",0X7f05928f1234,",
      "+0x7f05928f1234,",
    ]) {
      assert.equal(lookUp(texts, other), undefined, other);
    }
  });

  it("forget all when there are too many, and learn anew", () => {
    const texts = new FrameTexts();
    const first = 0x7f0000000000;
    const count = (1 << 17) + 10;
    for (let i = 0; i < count; i++) texts.set(first + i, i);
    assert.equal(lookUp(texts, written(first)), undefined);
    assert.equal(lookUp(texts, written(first + count - 1))?.chain, count - 1);
    texts.set(first, 5);
    assert.deepEqual(lookUp(texts, written(first)), { chain: 5, address: first });
  });
});
