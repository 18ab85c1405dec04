/** `npm start -- --apple-demo`, up to the VS Code that it opens, which a stand-in plays. */
import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { execa } from "execa";
import { root } from "../../../scripts/host/paths.ts";

describe("the demo of an Apple app", function () {
  this.timeout(90_000);
  let folder: string;
  /** Where the demo puts what it needs for itself. */
  let scratch: string;
  /** Where a user's own captures would go. */
  let home: string;
  const profiles: string[] = [];

  before(function () {
    if (process.platform === "win32") this.skip();
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "hangscope-demo-"));
    scratch = join(folder, "scratch");
    home = join(folder, "home");
    mkdirSync(scratch);
  });
  afterEach(() => {
    const left = readdirSync(scratch);
    rmSync(folder, { recursive: true, force: true });
    for (const profile of profiles.splice(0)) {
      rmSync(dirname(dirname(profile)), { recursive: true, force: true });
    }
    // Whatever became of it.
    assert.deepEqual(left, []);
  });

  /** The PATH with a `code` that notes its arguments. */
  function pathWithCode(): string {
    const program = join(folder, "code");
    const note = JSON.stringify(join(folder, "code.json"));
    const write = `require("node:fs").writeFileSync(${note}, JSON.stringify(process.argv.slice(2)))`;
    writeFileSync(program, `#!${process.execPath}\n${write};\n`);
    chmodSync(program, 0o755);
    return [folder, process.env["PATH"]].join(delimiter);
  }

  function start(...flags: string[]) {
    return execa(process.execPath, [join(root, "scripts/start.ts"), "--apple-demo", ...flags], {
      env: {
        PATH: pathWithCode(),
        TMPDIR: scratch,
        HANGSCOPE_HOME: home,
        // Node's own, which is no scratch of the demo's.
        NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache"),
      },
      reject: false,
      stdin: "ignore",
      all: true,
    });
  }

  function profileIn(output: string): string {
    const profile = /^\/.*\.hangscope-trace$/m.exec(output)?.[0];
    assert.ok(profile, output);
    profiles.push(profile);
    return profile;
  }

  it("types what a user types, and names the Swift line that hangs", async () => {
    const { all, exitCode } = await start("--no-open");
    assert.equal(exitCode, 0, all);
    const commands = all.matchAll(/^\$ hangscope (apple \w+)/gm);
    assert.deepEqual(
      [...commands].map(([, command]) => command),
      ["apple devices", "apple start", "apple stop"],
    );
    const notice = all.slice(0, all.indexOf("$ hangscope"));
    assert.match(notice, /Stand-ins.*Apple's tools.*nothing is recorded/s);
    assert.match(all, /Severe Hang, 2\.40 s/);
    assert.match(all, /→ ImageCache\.decode\(_:\) {2}Sources\/StuckApp\/ImageCache\.swift:49/);
    assert.match(all, /: \d+\.\d s$/);
    profileIn(all);
    assert.equal(existsSync(join(folder, "code.json")), false);
    assert.equal(existsSync(home), false, "the user's own captures and server are left alone");
  });

  it("opens the profile in VS Code, with the extension and the app's sources", async () => {
    const { all, exitCode } = await start();
    assert.equal(exitCode, 0, all);
    const profile = profileIn(all);
    assert.deepEqual(JSON.parse(readFileSync(join(folder, "code.json"), "utf8")), [
      "--new-window",
      `--extensionDevelopmentPath=${root}`,
      join(root, "examples", "stuck-ios"),
      profile,
    ]);
    // VS Code may read it much later.
    for (const file of [profile, join(dirname(profile), "samples.xml")]) {
      assert.ok(existsSync(file), file);
    }
  });

  it("leaves nothing behind when it is interrupted", async () => {
    const captures = join(root, "out", "captures");
    const before = existsSync(captures) ? readdirSync(captures) : [];
    const running = start("--no-open");
    await new Promise<void>((resolve) => {
      running.all.on("data", (text) => {
        if (String(text).includes("Recording for")) resolve();
      });
    });
    running.kill("SIGINT");
    assert.equal((await running).exitCode, 130);
    assert.deepEqual(readdirSync(captures), before);
  });
});
