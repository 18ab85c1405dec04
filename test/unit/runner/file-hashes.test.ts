/** A source is read once for as long as nothing about it has changed, and no clock is trusted. */
import assert from "node:assert/strict";
import {
  type BigIntStats,
  lstatSync,
  mkdtempSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha256 } from "../../../src/runner/cache/canonical.ts";
import { FileHashes, type RememberedHash } from "../../../src/runner/hashing/file-hashes.ts";

describe("hashes of sources", () => {
  const { now } = Date;
  let root: string;
  let path: string;
  let remembered: Map<string, RememberedHash>;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "hangscope-hashes-"));
    path = join(root, "Main.swift");
    writeFileSync(path, "one");
    remembered = new Map();
  });
  afterEach(() => {
    Date.now = now;
    rmSync(root, { recursive: true, force: true });
  });

  const laterBy = (ms: number) => {
    Date.now = () => now() + ms;
  };
  const hash = (stats: BigIntStats) =>
    new FileHashes(remembered, () => false).ofSource(path, stats);
  const stats = () => lstatSync(path, { bigint: true });
  /** Whether the file is not there when it is asked for again, and nobody minds. */
  function isRemembered(): boolean {
    const before = stats();
    assert.equal(hash(before), sha256("one"));
    unlinkSync(path);
    try {
      return hash(before) === sha256("one");
    } catch {
      return false;
    }
  }

  it("are remembered once its times have settled", () => {
    laterBy(5_000);
    assert.ok(isRemembered());
  });
  it("are not while it may change again within a tick of its times", () => {
    laterBy(1_000);
    assert.ok(!isRemembered());
  });
  it("are not for times that lie ahead: the clock was set back", () => {
    utimesSync(path, 4e9, 4e9);
    laterBy(5_000);
    assert.ok(!isRemembered());
  });
  it("are not when the clock was set back after it was written", () => {
    laterBy(-3_600_000);
    assert.ok(!isRemembered());
  });
  it("are read again when anything about it has changed", () => {
    laterBy(5_000);
    hash(stats());
    writeFileSync(path, "two");
    utimesSync(path, 1e9, 1e9);
    assert.equal(hash(stats()), sha256("two"));
  });
});
