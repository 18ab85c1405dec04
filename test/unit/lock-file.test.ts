/** `npm ci` refuses a lock file that leaves out another platform's packages. */
import assert from "node:assert/strict";
import lock from "../../package-lock.json" with { type: "json" };

type Packages = Record<string, { optionalDependencies?: Record<string, string> }>;

describe("package-lock.json", () => {
  it("has every optional package, for whatever platform", () => {
    const packages = lock.packages as Packages;
    const known = new Set(
      Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, "")),
    );
    const optional = Object.values(packages).flatMap((entry) =>
      Object.keys(entry.optionalDependencies ?? {}),
    );
    assert.ok(optional.length > 0);
    assert.deepEqual(
      optional.filter((name) => !known.has(name)),
      [],
    );
  });
});
