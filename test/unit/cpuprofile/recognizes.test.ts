import assert from "node:assert/strict";
import { cpuprofileReader } from "../../../src/formats/cpuprofile/reader.ts";

function recognizes(text: string, fileName = "unnamed"): boolean {
  return cpuprofileReader.recognizes(Buffer.from(text), fileName);
}

describe("cpuprofile reader recognizes", () => {
  const ours: readonly [what: string, head: string][] = [
    ["nodes", '{"nodes":[{"id":1,"callFrame":{"functionName":"(root)"'],
    ["samples first", `{"samples":[${"12,".repeat(20_000)}`],
    ["time deltas first", ' \n{"timeDeltas": [1,'],
    ["VS Code's annotations first", '{"$vscode":{"nodes":[1]},"nodes":[{"callFrame":{'],
    ["a trace", '{"traceEvents":[{"pid":1,"ph":"M"'],
    ["a trace with metadata first", '{"metadata":{"a":[{}]},"traceEvents":[{"ph":"X"}'],
    ["a bare array of events", '[{"args":{},"name":"x","ph":"P"'],
    ["what is broken further on", '{"samples":[1,2],,,'],
  ];
  for (const [what, head] of ours) it(what, () => assert.ok(recognizes(head)));

  const others: readonly [what: string, head: string][] = [
    ["a V8 log", "v8-version,13,6,233,17,-node.53,0\n"],
    ["a heap snapshot", '{"snapshot":{"meta":{}},"nodes":[9,1,2'],
    ["a sampled heap profile", '{"head":{"callFrame":{}},"samples":[{"size":1}'],
    ["a speedscope file", '{"$schema":"x","profiles":[{"type":"sampled","samples":[[1]]}]}'],
    ["package.json", '{"name":"x","version":"1.0.0"}'],
    ["an array of anything", '[1,2,{"a":1}]'],
    ["nothing", ""],
    ["bytes", "\u0000\u0001\ufffd"],
  ];
  for (const [what, head] of others) it(`not ${what}`, () => assert.ok(!recognizes(head)));

  it("by its name a file whose head is all annotations", () => {
    const head = `{"$vscode":{"locations":[${"{},".repeat(30_000)}`;
    assert.ok(recognizes(head, "/tmp/a.cpuprofile"));
    assert.ok(!recognizes(head, "/tmp/a.json"));
    assert.ok(!recognizes("not JSON", "/tmp/a.cpuprofile"));
  });
});
