/** One key for what is the same, another for whatever differs, and no forgotten schema version. */
import assert from "node:assert/strict";
import fc from "fast-check";
import * as z from "zod";
import {
  type ArtifactMetadata,
  cacheKey,
  metadataSchema,
  schemaDigest,
  schemaVersion,
} from "../../../src/runner/cache/cache-key.ts";
import { canonicalJson } from "../../../src/runner/cache/canonical.ts";
import { metadata } from "./support/metadata.ts";

/**
 * What each version's fields were. When this test fails, a field came, went or changed: raise
 * `schemaVersion` and add a row. A row that is there is never changed.
 */
const history: Readonly<Record<number, string>> = {
  1: "cb255d4c4f5dda994a4f9bbd19ab222073cd171cf3ec83abb358077f598675c7",
};

describe("the key of an artifact", () => {
  it("has a schema version that was raised with its fields (weakness: not bumped)", () => {
    assert.equal(history[schemaVersion], schemaDigest(), "Raise schemaVersion and add a row.");
    assert.equal(Math.max(...Object.keys(history).map(Number)), schemaVersion);
    assert.equal(new Set(Object.values(history)).size, Object.keys(history).length);
  });
  it("notices every field that comes, goes or takes other values", () => {
    const digests = [
      metadataSchema,
      metadataSchema.extend({ more: z.string() }),
      metadataSchema.extend({ more: z.string().optional() }),
      metadataSchema.omit({ hostArch: true }),
      metadataSchema.extend({ kind: z.enum(["simulator", "device"]) }),
      metadataSchema.extend({ scheme: z.number() }),
    ].map((schema) => schemaDigest(schema));
    assert.equal(new Set(digests).size, digests.length);
  });
  it("is the same in whatever order it is told (weakness: order-sensitive)", () => {
    const turned = {
      ...(Object.fromEntries(Object.entries(metadata).reverse()) as ArtifactMetadata),
      buildOptions: ["-b", "-a"],
      buildSettings: { B: "2", A: "1" },
    };
    assert.equal(cacheKey(turned), cacheKey(metadata));
  });

  const others: Readonly<Record<string, Partial<ArtifactMetadata>>> = {
    "source (weakness: project and scheme were not in it)": { source: "b".repeat(64) },
    "Xcode's version": { xcode: { ...metadata.xcode, version: "26.4" } },
    "Xcode's build": { xcode: { ...metadata.xcode, build: "17C530" } },
    "SDK's version": { sdk: { ...metadata.sdk, version: "26.1" } },
    "SDK's build": { sdk: { ...metadata.sdk, build: "23C53" } },
    SDK: { sdk: { ...metadata.sdk, name: "iphoneos" } },
    "host's architecture (weakness: not in simulator keys)": { hostArch: "x86_64" },
    platform: { platform: "tvos" },
    kind: { kind: "device" },
    family: { family: "ipad" },
    scheme: { scheme: "Other" },
    options: { buildOptions: ["-a"] },
    settings: { buildSettings: { A: "1", B: "3" } },
    "number of settings": { buildSettings: { A: "1" } },
  };
  for (const [name, other] of Object.entries(others)) {
    it(`is another for another ${name}`, () => {
      assert.notEqual(cacheKey({ ...metadata, ...other }), cacheKey(metadata));
    });
  }
  it("is none of what is not known (weakness: a failed probe became “unknown”)", () => {
    const unknown = [
      { xcode: { version: "", build: "" } },
      { sdk: { ...metadata.sdk, build: "" } },
      { hostArch: "" },
      { source: "unknown" },
      { source: undefined },
      { extra: "x" },
    ];
    for (const part of unknown) {
      assert.throws(() => cacheKey({ ...metadata, ...part } as ArtifactMetadata));
    }
  });

  it("is of a text that tells what differs", () => {
    const json = fc
      .jsonValue({ maxDepth: 3 })
      .filter((value) => !JSON.stringify(value).includes("null"));
    fc.assert(
      fc.property(json, (value) => {
        type Value = Parameters<typeof canonicalJson>[0];
        const text = canonicalJson(value as Value);
        assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
        assert.equal(canonicalJson(JSON.parse(text) as Value), text);
      }),
    );
  });
  it("is of no text for what JSON would drop", () => {
    assert.throws(() => canonicalJson(Number.NaN));
    assert.throws(() => canonicalJson([undefined]));
    assert.equal(canonicalJson(new Set(["b", "a"])), canonicalJson(new Set(["a", "b"])));
  });
});
