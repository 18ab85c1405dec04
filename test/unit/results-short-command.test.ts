import assert from "node:assert/strict";
import { shortTitle } from "../../src/formats/hang-capture/short-title.ts";
import { shortCommand } from "../../src/results/short-command.ts";

describe("command lines as people tell them apart", () => {
  it("have names in place of paths", () => {
    assert.equal(
      shortCommand("/usr/bin/node --prof  /home/me/shop/search.js --out=/tmp/x/ y"),
      "node --prof search.js x/ y",
    );
    assert.equal(shortCommand("C:\\Program\\node.exe D:\\shop\\search.js"), "node.exe search.js");
  });

  it("are cut to what fits", () => {
    assert.equal(shortCommand("/usr/bin/node abcdef", 11), "node abcdef");
    assert.equal(shortCommand("/usr/bin/node abcdef", 10), "node abcd…");
  });

  it("are no pages' titles", () => {
    const title = "Search / A/B tests";
    assert.equal(shortTitle({ title, page: "http://localhost/" }), title);
    assert.equal(shortTitle({ title: "/usr/bin/node /shop/search.js" }), "node search.js");
  });
});
