import assert from "node:assert/strict";
import fc from "fast-check";
import { JsonScanner, type Shape } from "../../../src/formats/cpuprofile/json-scanner.ts";
import { FormatError } from "../../../src/formats/format-error.ts";

/** Scans a text in windows of the given sizes, as a file reader would. */
function scan(text: string | Uint8Array, shape: Shape, windows: readonly number[] = [1 << 20]) {
  const bytes = Buffer.from(text as string);
  const scanner = new JsonScanner("test.json", shape);
  let rest = Buffer.alloc(0);
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const size = windows[i % windows.length]!;
    const window = Buffer.concat([rest, bytes.subarray(at, at + size)]);
    at += size;
    rest = Buffer.from(window.subarray(scanner.scan(window, window.length)));
  }
  scanner.finish(rest.length);
}

/** Collects every number and string that stands in `wanted`, an array of both. */
function collect(): { found: (number | string)[]; shape: Shape } {
  const found: (number | string)[] = [];
  const item: Shape = { number: (n) => found.push(n), string: (s) => found.push(s) };
  return { found, shape: { members: new Map([["wanted", { items: item }]]) } };
}

const windowSizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 });
const spacing = fc.constantFrom(undefined, " ", "\t");

describe("JsonScanner", () => {
  it("finds what JSON.parse finds, wherever the windows end", () => {
    const wanted = fc.array(
      fc.oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer(),
        fc.string({ unit: "binary" }),
      ),
    );
    fc.assert(
      fc.property(wanted, fc.jsonValue(), spacing, windowSizes, (values, other, space, windows) => {
        const { found, shape } = collect();
        const text = JSON.stringify({ before: other, wanted: values, after: other }, null, space);
        scan(text, shape, windows);
        assert.deepEqual(found, (JSON.parse(text) as { wanted: unknown[] }).wanted);
      }),
      { numRuns: 500 },
    );
  });

  it("steps over values of a kind that nobody asked for", () => {
    const { found, shape } = collect();
    scan(
      '{"wanted":[1,{"wanted":[2]},[3],true,null,"a",false,{"]":"}\\""}],"x":{"wanted":[4]}}',
      shape,
      [1],
    );
    assert.deepEqual(found, [1, "a"]);
  });

  it("takes a million nested brackets", () => {
    const depth = 1_000_000;
    const { found, shape } = collect();
    scan(`{"bomb":${"[".repeat(depth)}${"]".repeat(depth)},"wanted":[7]}`, shape);
    assert.deepEqual(found, [7]);
  });

  it("skips a byte order mark", () => {
    const { found, shape } = collect();
    scan('\ufeff{"wanted":[1]}', shape);
    assert.deepEqual(found, [1]);
  });

  it("does not take members of Object.prototype for wanted ones", () => {
    const { shape } = collect();
    scan('{"__proto__":[1],"constructor":{"wanted":[2]},"toString":1}', shape);
  });

  const broken: readonly [text: string, expected: string, found: string, offset: number][] = [
    ["", "a JSON value", "the end of the file", 0],
    ["{", "a JSON key or }", "the end of the file", 1],
    ['{"wanted":[1,', "a JSON value", "the end of the file", 13],
    ['{"wanted":[12', "a JSON value or ]", "the end of the file", 13],
    ['{"x":{"y":', "the rest of a JSON value", "the end of the file", 10],
    ['{"wanted":[1}', "a comma or a closing bracket", '"}"', 12],
    ['{"wanted":[1 2]}', "a comma or a closing bracket", '"2"', 13],
    ['{"wanted" 1}', "a colon", '"1"', 10],
    ["{1:2}", "a JSON key or }", '"1"', 1],
    ['{"wanted":[1],}', "a JSON key", '"}"', 14],
    ['{"wanted":[1-2]}', "a JSON value or ]", '"1-2"', 11],
    ['{"wanted":[tru]}', "a JSON value or ]", '"t"', 11],
    ['{"wanted":["\\x"]}', "a JSON value or ]", "a string with a broken escape", 11],
    ["{}x", "the end of the JSON document", '"x"', 2],
    ["{\u0001}", "a JSON key or }", "byte 0x1", 1],
  ];
  for (const [text, expected, found, offset] of broken) {
    it(`says where ${JSON.stringify(text)} goes wrong`, () => {
      for (const windows of [[1], [1 << 20]]) {
        assert.throws(() => scan(text, collect().shape, windows), {
          name: "FormatError",
          message: `test.json: expected ${expected}, found ${found} at byte ${offset}.`,
        });
      }
    });
  }

  it("answers any bytes with a callback or a FormatError", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), windowSizes, (bytes, windows) => {
        try {
          scan(bytes, collect().shape, windows);
        } catch (error) {
          assert.ok(error instanceof FormatError);
        }
      }),
    );
  });
});
