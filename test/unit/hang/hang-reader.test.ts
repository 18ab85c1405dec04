import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HangFile } from "../../../src/formats/hang-capture/hang-file.ts";
import { hangReader, profileOf, readHangFile } from "../../../src/formats/hang-capture/reader.ts";
import type { Profile } from "../../../src/profile/profile.ts";
import type { FrameInfo } from "../../../src/profile/query.ts";
import { frame, hang, native, step } from "./hang-fixture.ts";

const file = hang(
  [frame("main"), frame("spin", { line: 7 }), native("memcpy")],
  [
    [1, 0],
    [1, 0],
    [2, 1, 0],
  ],
  {
    scripts: [{ url: "file:///app.js", sourceMapUrl: "app.js.map" }],
    steps: [step("pause", "named"), step("native", "failed", "no-tool", "No tool.")],
    heap: { trend: "flat", usedBytes: [1, 2] },
  },
);

describe("a capture of a hang, as a file", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hangscope-test-"));
  });
  after(() => rm(folder, { recursive: true }));

  async function written(text: string): Promise<string> {
    const path = join(folder, "stuck.hangscope-hang");
    await writeFile(path, text);
    return path;
  }

  it("reads what was written", async () => {
    const path = await written(JSON.stringify(file));
    assert.deepEqual(await readHangFile(path), file);
    const withoutAccount = ({ evidence, ...profile }: Profile) => {
      const { account: _account, ...rest } = evidence!;
      return { ...profile, evidence: rest };
    };
    assert.deepEqual(
      withoutAccount((await hangReader.read(path)) as Profile),
      withoutAccount(profileOf(file)),
    );
    assert.ok(hangReader.recognizes(Buffer.from(JSON.stringify(file)), path));
    assert.ok(!hangReader.recognizes(Buffer.from('{"nodes":[]}'), path));
  });

  it("is a profile that counts samples", () => {
    const { samples, nodes, frames, functions, strings, meta, markers, warnings, evidence } =
      profileOf(file);
    assert.equal(meta.weightUnit, "samples");
    assert.deepEqual([...samples.weight], [1, 1, 1]);
    const stackOf = (sample: number) => {
      const names: string[] = [];
      for (let node = samples.node[sample]!; node >= 0; node = nodes.parent[node]!) {
        names.push(strings[functions.name[frames.func[nodes.frame[node]!]!]!]!);
      }
      return names;
    };
    assert.deepEqual([0, 1, 2].map(stackOf), [
      ["spin", "main"],
      ["spin", "main"],
      ["memcpy", "spin", "main"],
    ]);
    assert.deepEqual(
      markers.map(({ kind, duration }) => [kind, duration]),
      [["hang", file.duration]],
    );
    assert.deepEqual(
      warnings.map(({ code, message }) => [code, message]),
      [["no-tool", "No tool."]],
    );
    assert.equal(evidence?.hangs.state, "read");
  });

  it("tells what became of it, in the positions that it is asked in", () => {
    const original = (name: string): FrameInfo => {
      const func = { id: 0, name, url: "", line: 1, column: 1, module: "" };
      const place = { url: "file:///app.ts", line: 40, column: 2 };
      return { func: { ...func, category: "js" }, ...place, isApp: name === "turn" };
    };
    const account = profileOf(file).evidence!.account!;
    const { verdict, steps, heap } = account((at) => original(["main", "turn", "memcpy"][at]!));
    assert.match(verdict, /stuck in turn \(.*app\.ts:40\): each of 3 looks/);
    assert.deepEqual([steps, heap], [file.steps, file.heap]);
    const torn = profileOf(
      hang([frame("main")], [[7, 0], [9]], { steps: [step("pause", "named")] }),
    );
    assert.match(torn.evidence!.account!(() => original("turn")).verdict, /stuck in turn/);
  });

  it("of which nothing could be seen says so", () => {
    const { samples, markers, evidence } = profileOf(hang([], []));
    assert.equal(samples.length, 0);
    assert.deepEqual(markers, []);
    assert.equal(evidence?.hangs.state, "failed");
  });

  it("counts the frames that it lacks", () => {
    const { samples, warnings } = profileOf(hang([frame("main")], [[7, 0, 2 ** 40], [3]]));
    assert.equal(samples.length, 1);
    assert.deepEqual(
      warnings.map(({ code, count }) => [code, count]),
      [["unknown-frame", 3]],
    );
  });

  const text = JSON.stringify(file);
  const changed = (change: object) => JSON.stringify({ ...file, ...change });
  const faults: Readonly<Record<string, string>> = {
    "cut in the middle": text.slice(0, text.length / 2),
    "cut at its end": text.slice(0, -1),
    empty: "",
    "no JSON": "\0\0\0",
    "no object": "[]",
    "of another version": changed({ version: 2 }),
    "of another format": changed({ format: "cpuprofile" }),
    "with an index below 0": changed({ stacks: [{ time: 0, frames: [-1] }] }),
    "with half an index": changed({ stacks: [{ time: 0, frames: [0.5] }] }),
    "with an index that is none": changed({ stacks: [{ time: 0, frames: ["0"] }] }),
    "with an index past counting": changed({ stacks: [{ time: 0, frames: [2 ** 60] }] }),
    "with a line below 0": changed({ frames: [{ ...file.frames[0], line: -3 }] }),
    "with a time that is none": text.replace('"time":1000', '"time":1e999'),
    "with a step of its own": changed({ steps: [{ ...file.steps[0], step: "magic" }] }),
    "without its stacks": changed({ stacks: undefined }),
  };
  for (const [fault, content] of Object.entries(faults)) {
    it(`is refused with one clear error: ${fault}`, async () => {
      const path = await written(content);
      await assert.rejects(readHangFile(path), (error: Error) => {
        assert.equal(error.name, "FormatError");
        assert.match(error.message, /stuck\.hangscope-hang: expected [^\n]+, found [^\n]+\.$/);
        return true;
      });
    });
  }

  it("takes hostile names as they are", () => {
    const names = ["__proto__", "constructor", "\u0000", "a".repeat(100_000), "\ud800"];
    const hostile: HangFile = hang(
      names.map((name) => frame(name)),
      [names.map((_, i) => i)],
    );
    const { strings } = profileOf(hostile);
    for (const name of names) assert.ok(strings.includes(name));
  });
});
