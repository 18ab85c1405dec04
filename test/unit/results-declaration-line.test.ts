/** The line that a lens of a Swift, Objective-C or C++ function stands on. */
import assert from "node:assert/strict";
import { declarationLine } from "../../src/results/declaration-line.ts";

const swift = `
final class Feed {
    init(url: URL) {
        self.url = url
    }

    private func load(_ page: Int) -> [Item] {
        if page > 0 {
            let more = load(page - 1)
            return try decode(more)
        }
        queue.async { decode(page) }
    }

    func decode<T>(_ items: T) -> [Item] {
        items.map { Item.init($0) }
    }
}`.split("\n");

const objectiveC = `
@implementation Feed
+ (instancetype)sharedFeed {
  return [[Feed alloc] init];
}
- (void)load:(NSURL *)url with:(int)count {
  [self load:url with:count - 1];
}
@end`.split("\n");

const cpp = `
namespace app {
int depth(const Node& node) {
  if (!node.left) return depth(node.right);
  auto a = depth(node.left);
  return depth(*node.left) + a;
}
template <typename T>
void Cache<T>::insert(const T& entry,
                      int count) {
  insert(entry, count);
}
}`.split("\n");

describe("the line that declares a function", () => {
  const cases: readonly [what: string, lines: string[], name: string, line: number, at: number][] =
    [
      ["over a recursive call", swift, "Feed.load(_:)", 10, 7],
      ["of a closure in it", swift, "closure #1 in Feed.load(_:)", 12, 7],
      ["of a generic function", swift, "Feed.decode<A>(_:)", 16, 15],
      ["of an initializer", swift, "Feed.init(url:)", 4, 3],
      ["itself", swift, "Feed.load(_:)", 7, 7],
      ["that is not above", swift, "Feed.other()", 10, 10],
      ["of a method", objectiveC, "-[Feed load:with:]", 7, 6],
      ["of a class method", objectiveC, "+[Feed sharedFeed]", 4, 3],
      ["of a function", cpp, "app::depth(Node const&)", 6, 3],
      ["of a member over several lines", cpp, "app::Cache<int>::insert(int const&, int)", 11, 9],
      ["of what has no name", cpp, "0x1234", 6, 6],
      ["beyond the end", cpp, "app::missing()", 100, 100],
    ];
  for (const [what, lines, name, line, at] of cases) {
    it(`is found: ${what}`, () => {
      assert.equal(
        declarationLine((number) => lines[number - 1] ?? "", name, line),
        at,
      );
    });
  }

  it("is not looked for in lines that nobody wrote", () => {
    const text = `func f() ${"a ".repeat(100_000)}`;
    assert.equal(
      declarationLine(() => text, "f()", 300),
      300,
    );
  });
});
