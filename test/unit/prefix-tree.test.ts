import assert from "node:assert/strict";
import fc from "fast-check";
import { PrefixTree } from "../../src/profile/prefix-tree.ts";
import { noParent } from "../../src/profile/profile.ts";

describe("PrefixTree", () => {
  it("has one node for each stack, as a map of strings does", () => {
    const stack = fc.array(fc.nat(6), { minLength: 1, maxLength: 8, size: "max" });
    fc.assert(
      fc.property(fc.array(stack, { maxLength: 3000, size: "max" }), (stacks) => {
        const tree = new PrefixTree();
        const known = new Map<string, number>();
        for (const keys of stacks) {
          let node = noParent;
          let text = "";
          for (const key of keys) {
            const parent = node;
            node = tree.node(parent, key);
            text += `,${key}`;
            if (!known.has(text)) known.set(text, known.size);
            assert.equal(node, known.get(text));
            assert.deepEqual([tree.parentOf(node), tree.keyOf(node)], [parent, key]);
          }
        }
        const { parent, key } = tree.finish();
        assert.deepEqual([parent.length, key.length], [known.size, known.size]);
        for (const [text, node] of known) {
          assert.equal(parent[node], known.get(text.slice(0, text.lastIndexOf(","))) ?? noParent);
          assert.equal(key[node], Number(text.slice(text.lastIndexOf(",") + 1)));
        }
      }),
      { numRuns: 20 },
    );
  });
});
