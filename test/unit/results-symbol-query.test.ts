/** Which symbol of a workspace a function's name means. */
import assert from "node:assert/strict";
import { isSymbol, symbolName } from "../../src/results/symbol-query.ts";

describe("the symbol of a function", () => {
  const names: Readonly<Record<string, [name: string, container: string] | undefined>> = {
    "ImageCache.remember(_:)": ["remember", "ImageCache"],
    "App.ImageCache.remember(_:for:)": ["remember", "ImageCache"],
    "closure #1 in FeedStore.load(from:)": ["load", "FeedStore"],
    "partial apply for closure #1 in FeedStore.load()": ["load", "FeedStore"],
    "-[Feed load:with:]": ["load", "Feed"],
    "+[Feed(Cache) sharedFeed]": ["sharedFeed", "Feed"],
    "ns::Cache<std::map<int, Entry>>::insert(Entry const&)": ["insert", "Cache"],
    "std::string Cache::name() const": ["name", "Cache"],
    main: ["main", ""],
    "número(de:)": ["número", ""],
    "operator+(int, int)": undefined,
    "0x1000": undefined,
    "": undefined,
    [`${"f".repeat(2000)}()`]: undefined,
  };
  for (const [frame, expected] of Object.entries(names)) {
    it(`is told by ${frame.slice(0, 60) || "nothing"}`, () => {
      const [name, container] = expected ?? [];
      assert.deepEqual(symbolName(frame), expected && { name, container });
    });
  }

  const wanted = { name: "remember", container: "ImageCache" };
  const found: readonly [name: string, container: string, is: boolean][] = [
    ["remember(_:)", "ImageCache", true],
    ["remember", "App.ImageCache", true],
    ["remember:", "", true],
    ["remember(_:)", "OtherCache", false],
    ["rememberAll(_:)", "ImageCache", false],
  ];
  for (const [name, container, is] of found) {
    it(`${is ? "is" : "is not"} ${name} of ${container || "nothing"}`, () => {
      assert.equal(isSymbol(wanted, { name, container }), is);
    });
  }
});
