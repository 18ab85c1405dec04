import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { NearestSymbols, type SymbolLine } from "../../../src/symbols/native/nearest-symbols.ts";

/** The function that holds the address, looked for the slow way. */
function naive(symbols: readonly SymbolLine[], address: number): string | undefined {
  const below = symbols.filter((symbol) => symbol.address <= address);
  const last = Math.max(...below.map((symbol) => symbol.address));
  const aliases = below.filter((symbol) => symbol.address === last);
  const best = aliases.find(({ size }) => size > 0) ?? aliases[0];
  if (!best || (best.size > 0 && address >= best.address + best.size)) return undefined;
  return best.name;
}

describe("native symbols: the nearest below an address", () => {
  it("is found as by looking at every symbol, in any order", () => {
    const symbol = fc.record({
      address: fc.nat(60),
      size: fc.nat(6),
      name: fc.string({ minLength: 1, maxLength: 4 }),
    });
    const wanted = fc.array(fc.nat(70), { maxLength: 12 });
    fc.assert(
      fc.property(fc.array(symbol, { maxLength: 20 }), wanted, (symbols, addresses) => {
        const nearest = new NearestSymbols(addresses);
        for (const each of symbols) if (nearest.isCandidate(each.address)) nearest.add(each);
        const names = nearest.names();
        for (const address of addresses) {
          assert.equal(names.get(address), naive(symbols, address), `address ${address}`);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
