/** The reader's small parts, each alone. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseByteSize } from "../../../src/formats/xctrace/byte-size.ts";
import { categorizeBinary } from "../../../src/formats/xctrace/categorize.ts";
import { rolesOf } from "../../../src/formats/xctrace/columns.ts";
import { IdTable, lost, nothing } from "../../../src/formats/xctrace/id-table.ts";
import { processName, threadName } from "../../../src/formats/xctrace/labels.ts";
import { Names } from "../../../src/formats/xctrace/names.ts";
import { frameTag, pathTag, threadTag } from "../../../src/formats/xctrace/tags.ts";

describe("xctrace categories", () => {
  const app = "/private/var/containers/Bundle/Application/8B4C/Shop.app";
  const user = "/Users/ann/Library/Developer";
  const runtime =
    "/Library/Developer/CoreSimulator/Volumes/iOS_23A/Library/Developer/CoreSimulator/Profiles/Runtimes/iOS 26.0.simruntime/Contents/Resources/RuntimeRoot";
  const cases: readonly [category: string, name: string, path: string][] = [
    ["app", "Shop", `${app}/Shop`],
    ["app", "Cart", `${app}/Frameworks/Cart.framework/Cart`],
    ["app", "Widget", `${app}/PlugIns/Widget.appex/Widget`],
    [
      "app",
      "Tests",
      `${user}/Xcode/DerivedData/Shop-x/Build/Products/Debug/Tests.xctest/Contents/MacOS/Tests`,
    ],
    [
      "app",
      "Shop",
      `${user}/CoreSimulator/Devices/AA/data/Containers/Bundle/Application/BB/Shop.app/Shop`,
    ],
    ["app", "iTerm2", "/Applications/iTerm.app/Contents/MacOS/iTerm2"],
    ["app", "Xcodes", "/Applications/Xcodes.app/Contents/MacOS/Xcodes"],
    ["app", "tool", "/Users/ann/tool/.build/debug/tool"],
    ["app", "tool", "/Users/ann/code/tool/build/tool"],
    ["app", "tool", `${user}/Xcode/DerivedData/tool/Build/Products/Debug/tool`],
    ["system", "UIKitCore", "/System/Library/PrivateFrameworks/UIKitCore.framework/UIKitCore"],
    ["system", "Finder", "/System/Library/CoreServices/Finder.app/Contents/MacOS/Finder"],
    ["system", "libsystem_kernel.dylib", "/usr/lib/system/libsystem_kernel.dylib"],
    ["system", "dyld", "/usr/lib/dyld"],
    ["system", "dyld", ""],
    ["system", "libobjc.A.dylib", ""],
    ["system", "opendirectoryd", "/usr/libexec/opendirectoryd"],
    [
      "system",
      "UIKitCore",
      `${runtime}/System/Library/PrivateFrameworks/UIKitCore.framework/UIKitCore`,
    ],
    ["system", "MobileSafari", `${runtime}/Applications/MobileSafari.app/MobileSafari`],
    [
      "system",
      "DTServiceHub",
      "/Applications/Xcode.app/Contents/SharedFrameworks/X.framework/DTServiceHub",
    ],
    ["system", "libXCTest", "/Applications/Xcode-26.1-beta.app/Contents/Developer/libXCTest.dylib"],
    [
      "system",
      "libsystem_c.dylib",
      "/private/preboot/Cryptexes/OS/usr/lib/system/libsystem_c.dylib",
    ],
    ["kernel", "kernel.release.t6041", "/System/Library/Kernels/kernel.release.t6041"],
    ["kernel", "kernel", ""],
    ["kernel", "IOUSB", "/System/Library/Extensions/IOUSB.kext/Contents/MacOS/IOUSB"],
    ["native", "bash", "/opt/homebrew/bin/bash"],
    ["native", "tool", "/usr/local/bin/tool"],
    ["native", "Unknown", "Unknown"],
    ["native", "", ""],
  ];
  for (const [category, name, path] of cases) {
    it(`call ${path || name || "nothing"} ${category}`, () => {
      assert.equal(categorizeBinary(name, path, new Set()), category);
    });
  }

  it("call the program that was recorded the app, wherever it is", () => {
    const finder = "/System/Library/CoreServices/Finder.app/Contents/MacOS/Finder";
    assert.equal(categorizeBinary("Finder", finder, new Set([finder])), "app");
  });
});

describe("xctrace sizes", () => {
  const cases: readonly [text: string, bytes: number][] = [
    ["32 Bytes", 32],
    ["1,024 Bytes", 1024],
    ["1.024 Bytes", 1024],
    ["1 048 576 bytes", 1048576],
    ["1 Byte", 1],
    ["128", 128],
    ["1.5 KB", 1536],
    ["1,5 KB", 1536],
    ["1.50 KiB", 1536],
    ["1,024.50 KB", 1049088],
    ["2 MB", 2097152],
    ["1 GiB", 1073741824],
    ["", Number.NaN],
    ["many", Number.NaN],
    ["3 parsecs", Number.NaN],
    ["-3 KB", Number.NaN],
  ];
  for (const [text, bytes] of cases) {
    it(`read ${JSON.stringify(text)}`, () => assert.equal(parseByteSize(text), bytes));
  }
});

describe("xctrace labels", () => {
  it("hold the names of threads", () => {
    assert.equal(threadName("Main Thread 0x6458125 (Unknown, pid: 95121)"), "Main Thread");
    assert.equal(threadName("  (0x6458125) (Shop, pid: 9)"), "Thread 0x6458125");
    assert.equal(threadName("Shop (0x645) (Shop, pid: 9)"), "Shop 0x645");
    assert.equal(threadName("queue (a, pid: x) 0x1f (Shop (2), pid: 9)"), "queue (a, pid: x)");
  });

  it("hold the names of processes", () => {
    assert.equal(processName("Finder (751)"), "Finder");
    assert.equal(processName("Shop (Debug) (7)"), "Shop (Debug)");
    assert.equal(processName("Shop"), "Shop");
  });
});

describe("xctrace columns", () => {
  it("have a role by their type, each only once", () => {
    const columns = [
      { mnemonic: "stack", type: "backtrace" },
      { mnemonic: "time", type: "event-time" },
      { mnemonic: "when", type: "sample-time" },
      { mnemonic: "stack", type: "tagged-backtrace" },
      { mnemonic: "later", type: "sample-time" },
    ];
    assert.deepEqual([...rolesOf(columns)], [0, 0, 1, 6, 0]);
  });
});

describe("xctrace ids", () => {
  it("mean what they were defined as last, as in a map", () => {
    const id = fc.oneof(
      fc.nat(300),
      fc.nat(),
      fc.maxSafeInteger().map(Math.abs),
      fc.constantFrom(65535, 65536, 131071, 131072),
    );
    const tag = fc.constantFrom(frameTag, threadTag, pathTag);
    const operation = fc.record({ id, tag, row: fc.nat(1000), kind: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 400 }), (operations) => {
        const table = new IdTable();
        const map = new Map<number, { tag: number; row: number }>();
        for (const { id, tag, row, kind } of operations) {
          if (kind === 0) {
            table.forget(id);
            map.delete(id);
          } else {
            table.set(id, tag, kind === 1 ? nothing : row);
            map.set(id, { tag, row: kind === 1 ? nothing : row });
          }
          const [first] = map;
          for (const asked of [id, first?.[0] ?? 0]) {
            for (const as of [frameTag, threadTag]) {
              const known = map.get(asked);
              assert.equal(table.get(asked, as), known?.tag === as ? known.row : lost);
            }
          }
        }
      }),
    );
  });

  it("grow with what is defined, whatever order ids come in", () => {
    const table = new IdTable();
    for (let id = 1_000_000; id > 0; id--) table.set(id, frameTag, id);
    for (let id = 1; id <= 1_000_000; id += 997) {
      const row = table.get(id, frameTag);
      assert.ok(row === id || row === lost);
    }
    assert.ok(table.dropped < 1_000_000);
  });
});

describe("xctrace names", () => {
  it("are interned once each, whatever their bytes", () => {
    const texts: string[] = [];
    const names = new Names(
      (bytes, start, end) => texts.push(bytes.toString("utf8", start, end)) - 1,
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("a", "b", "é", "ab", "🚀") }),
        fc.nat(5),
        (text, room) => {
          const bytes = Buffer.from(`${"x".repeat(room)}${text}yyyy`);
          const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
          assert.equal(texts[names.get(bytes, view, room, bytes.length - 4)], text);
        },
      ),
      { numRuns: 5000 },
    );
    assert.equal(new Set(texts).size, texts.length);
  });
});
