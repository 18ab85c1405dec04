/** A browser from the terminal: started, looked into, freed, closed. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { eventually } from "../../support/eventually.ts";
import { Place } from "../../unit/cli/program.ts";

const page = pathToFileURL(join(import.meta.dirname, "pegs", "loop.html")).href;

describe("a browser from the terminal", function () {
  this.timeout(90_000);
  let place: Place;

  before(async function () {
    if (process.platform !== "linux") this.skip();
    place = await Place.make();
  });
  after(() => place?.remove());

  async function json(...args: string[]) {
    const { stdout, stderr } = await place.run([...args, "--json"]);
    return JSON.parse(stdout || assert.fail(stderr));
  }

  it("says what is missing before there is one", async () => {
    const none = await place.run(["hang", "--page", "loop"]);
    assert.equal(none.exitCode, 1);
    assert.match(none.stderr, /No browser was started from here.*hangscope browser launch <url>/);
    const nothing = await place.run(["hang"]);
    assert.equal(nothing.exitCode, 2);
    assert.match(nothing.stderr, /Give a target, or --page/);
    assert.equal(
      (await place.run(["browser", "list"])).stdout,
      "No browser was started from here.",
    );
  });

  it("is started, and names what its page is stuck in, by a part of the address", async () => {
    const launched = await place.run(["browser", "launch", page, "--headless"]);
    assert.match(launched.stdout, /^[\da-f-]{36} {2}process \d+ {2}127\.0\.0\.1:\d+ {2}\/\S+\n/);
    assert.match(launched.stdout, /The browser's sandbox is o(n\.|ff: .+)$/);
    await eventually(async () => {
      const listed = await place.run(["browser", "list"]);
      assert.match(listed.stdout, /\n {2}stuck\? {4}file:\S+loop\.html {2}loop\.html$/);
    });
    const { exitCode, stdout } = await place.run(["hang", "--page", "loop.html"]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^The main thread is stuck in spinForever/);
    assert.match(stdout, /profile +\d+ ms {2}told: Profiled for [\d.]+ s while it was stuck\./);
    assert.match(stdout, /\nThe browser's sandbox is o(n\.|ff)/);
    assert.match(stdout, /\/stuck\.cpuprofile$/m);
  });

  it("is freed on request only, and closed", async () => {
    const { stuckIn, freeing } = await json("hang", "--page", "loop.html", "--free");
    assert.equal(stuckIn.name, "spinForever");
    assert.deepEqual(freeing, { freed: true, message: "Freed: it takes other work again." });
    const again = await place.run(["hang", "--page", "loop.html", "--free"]);
    assert.match(again.stdout, /Not freed: It takes other work, so nothing of it was ended\.$/);
    const [{ browserId, pages }] = await json("browser", "list");
    assert.equal(pages[0].answers, true);
    const closed = await place.run(["browser", "close", browserId]);
    assert.equal(closed.stdout, `Closed ${browserId}.`);
    assert.deepEqual(await json("browser", "list"), []);
  });
});
