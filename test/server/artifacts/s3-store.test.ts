/** The bucket store against a real S3 server, over a way that can be made bad. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { execa } from "execa";
import { UploadBudget } from "../../../src/artifacts/budget.ts";
import { getToFile } from "../../../src/artifacts/get-file.ts";
import { EvidenceKeeper, type KeepOutcome } from "../../../src/artifacts/keep-evidence.ts";
import { artifactKey } from "../../../src/artifacts/key.ts";
import type { S3Patience } from "../../../src/artifacts/s3-client.ts";
import { S3Store } from "../../../src/artifacts/s3-store.ts";
import { settleLog } from "../../../src/artifacts/settle-log.ts";
import type { Progress } from "../../../src/toolchain/progress.ts";
import { cli } from "../../unit/cli/program.ts";
import type { Asked, Fault } from "./support/bad-way.ts";
import { bucket, credentials, S3Lab } from "./support/s3-lab.ts";

const megabyte = 1024 * 1024;
const isLong = process.env["HANGSCOPE_LONG"] !== undefined;

const serverError: Fault = { kind: "status", status: 500, code: "InternalError" };
const isPart = ({ path }: Asked) => path.includes("partNumber=");
const isPut = ({ method }: Asked) => method === "PUT";

describe("an S3 store", function () {
  this.timeout(60_000);
  let lab: S3Lab;
  let count = 0;

  before(async () => {
    lab = await S3Lab.start();
  });
  after(() => lab.stop());
  beforeEach(() => lab.way.mend());

  function newKey(): string {
    const origin = { env: "ci", project: "shop", job: "42", target: "web-1", step: "test" };
    return artifactKey({ ...origin, time: Date.now(), seq: `t${count++}`, kind: "v8log" });
  }

  async function newFile(bytes: number): Promise<{ file: string; content: Buffer }> {
    const file = join(lab.folder, `${count++}-v8.log`);
    const content = randomBytes(bytes);
    await writeFile(file, content, { mode: 0o600 });
    return { file, content };
  }

  async function read(key: string): Promise<Buffer> {
    return buffer((await lab.store().open(key)).stream);
  }

  /** Keeps a file under some fault, and holds the store to losing nothing. */
  async function keepUnder(
    fault: (asked: Asked) => Fault | undefined,
    bytes = 1_000,
    patience: Partial<S3Patience> = {},
  ): Promise<KeepOutcome> {
    const { file, content } = await newFile(bytes);
    const key = newKey();
    lab.way.fault = fault;
    const store = lab.store("", patience);
    const outcome = await new EvidenceKeeper({ store }).keep(file, key);
    lab.way.fault = () => undefined;
    const settled = await settleLog(file, outcome, "own");
    if (outcome.kind === "uploaded") {
      assert.ok(content.equals(await read(key)), "what was kept is not what was there");
    } else {
      assert.equal(settled.kind, "keep");
      assert.ok(content.equals(await readFile(file)), "the local file changed");
      assert.deepEqual(await lab.store().list(key), []);
    }
    // Each multipart upload was finished or taken back.
    const begun = lab.way.count("POST", /[?&]uploads(?:=|&|$)/);
    const finished = lab.way.count("POST", /uploadId=/) > 0 && outcome.kind === "uploaded" ? 1 : 0;
    const takenBack = lab.way.count("DELETE", /uploadId=/) > 0 ? 1 : 0;
    if (begun > 0) assert.equal(finished + takenBack, 1);
    return outcome;
  }

  it("keeps a file in one piece or many, and gives it back, telling progress in bytes", async () => {
    for (const bytes of [0, 1, 5 * megabyte, 20 * megabyte + 1]) {
      const { file, content } = await newFile(bytes);
      const key = newKey();
      const steps: Progress[] = [];
      const onProgress = (step: Progress) => steps.push(step);
      assert.equal(await lab.store().put(key, { file }, { onProgress }), bytes);
      assert.deepEqual([steps.at(-1)?.done, steps.at(-1)?.unit], [bytes, "bytes"]);
      const output = join(lab.folder, "out");
      assert.equal(await getToFile(lab.store(), key, output), bytes);
      assert.ok(content.equals(await readFile(output)));
    }
    assert.equal(lab.way.count("POST", /[?&]uploads(?:=|&|$)/), 1);
    assert.equal(lab.way.count("PUT", /partNumber=/), 3);
  });

  it("keeps a stream whose length nobody knows", async () => {
    const key = newKey();
    const pieces = Array.from({ length: 20 }, () => randomBytes(megabyte));
    await lab.store().put(key, { stream: Readable.from(pieces) });
    assert.ok(Buffer.concat(pieces).equals(await read(key)));
  });

  it("lists below its prefix, pins and removes", async () => {
    const store = lab.store("some/prefix");
    const key = newKey();
    await store.put(key, { stream: Readable.from([Buffer.from("abc")]) });
    assert.equal((await lab.store().list("some"))[0]?.key, `some/prefix/${key}`);
    await store.setPinned(key, true);
    const [found, ...more] = await store.list("ci/shop");
    assert.deepEqual(
      [found?.key, found?.bytes, found?.kind, found?.pinned],
      [key, 3, "v8log", true],
    );
    assert.deepEqual(more, []);
    assert.deepEqual(await store.list("ci/sh"), []);
    await assert.rejects(store.remove(key), { code: "pinned" });
    await store.setPinned(key, false);
    await assert.rejects(store.put(key, { stream: Readable.from([]) }), { code: "exists" });
    await store.remove(key);
    assert.deepEqual(await store.list(), []);
    await assert.rejects(store.remove(key), { code: "no-such-artifact" });
    await assert.rejects(store.open(key), { code: "no-such-artifact" });
    await assert.rejects(store.setPinned(key, true), { code: "no-such-artifact" });
  });

  it("lists more than one page", async () => {
    const store = lab.store("pages");
    const folder = join(lab.folder, "s3", bucket, "pages");
    await mkdir(folder, { recursive: true });
    for (let i = 0; i < 1_005; i++) {
      const path = join(folder, `${i}._S3rver_`);
      await writeFile(`${path}object`, "");
      await writeFile(`${path}object.md5`, "d41d8cd98f00b204e9800998ecf8427e");
      await writeFile(`${path}metadata.json`, "{}");
    }
    assert.equal((await store.list()).length, 1_005);
  });

  it("takes keys that were made of hostile names", async () => {
    const store = lab.store("hostile");
    const names = [
      "../..",
      "a/b\\c",
      "NUL",
      "x\0y",
      "日本",
      "%2e%2e%2f",
      "a b+c&d=e?f#g",
      "-",
      "\ud800",
      " ",
    ];
    const keys = names.map((name) => {
      const origin = { env: name, project: name, job: name, target: name, step: name };
      return artifactKey({ ...origin, time: 1, seq: "0", kind: "hang" });
    });
    for (const [i, key] of keys.entries()) {
      await store.put(key, { stream: Readable.from([Buffer.from(names[i]!)]) });
    }
    assert.deepEqual((await store.list()).map(({ key }) => key).sort(), [...keys].sort());
    for (const [i, key] of keys.entries()) {
      const { stream } = await store.open(key);
      assert.ok((await buffer(stream)).equals(Buffer.from(names[i]!)));
    }
    for (const key of ["../x", "/x", "a//b", "a\\b", "", ".x"]) {
      await assert.rejects(store.put(key, { stream: Readable.from([]) }), { code: "bad-key" });
    }
  });

  it("gives keys that another gave, when they are plain", async () => {
    const store = lab.store("foreign");
    const { S3Client, PutObjectCommand } = await import("@aws-sdk/client-s3");
    const endpoint = `http://127.0.0.1:${lab.way.port}`;
    const client = new S3Client({ endpoint, forcePathStyle: true, region: "x" });
    for (const name of ["web 1/isolate-0x1-v8.log", ".hidden", "a/.b/c"]) {
      await client.send(
        new PutObjectCommand({ Bucket: bucket, Key: `foreign/${name}`, Body: name }),
      );
    }
    client.destroy();
    const [found, ...more] = await store.list();
    assert.deepEqual([found?.key, found?.kind, more], ["web 1/isolate-0x1-v8.log", "v8log", []]);
    const { stream } = await store.open(found!.key);
    assert.equal((await buffer(stream)).toString(), found!.key);
  });

  it("finds an endpoint and a region where the AWS tools have theirs", async () => {
    const endpoint = `http://localhost:${lab.way.port}`;
    const config = join(lab.folder, "aws-config");
    await writeFile(config, `[profile lab]\nregion = lab-1\nendpoint_url = ${endpoint}\n`);
    const keys = join(lab.folder, "aws-keys");
    await writeFile(keys, "[lab]\naws_access_key_id = S3RVER\naws_secret_access_key = S3RVER\n");
    const none = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_REGION: "" };
    const settings = [
      { AWS_ENDPOINT_URL_S3: endpoint },
      { AWS_ENDPOINT_URL: endpoint, AWS_REGION: "" },
      { ...none, AWS_PROFILE: "lab", AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: keys },
    ];
    for (const [i, setting] of settings.entries()) {
      // In a process of its own: what was read of the files is kept.
      const child = await execa(
        process.execPath,
        [cli, "artifacts", "list", "--store", `s3://${bucket}/env`],
        {
          cwd: lab.folder,
          env: { ...credentials, HANGSCOPE_HOME: join(lab.folder, "home"), ...setting },
          reject: false,
        },
      );
      assert.equal(
        child.stdout,
        `0 artifact(s), 0 B in s3://${bucket}/env`,
        `${i}: ${child.stderr}`,
      );
    }
    assert.ok(lab.way.asked.every(({ path }) => path.startsWith(`/${bucket}/`)));
  });

  describe("fails by name and loses nothing", () => {
    const reasonOf = (outcome: KeepOutcome) =>
      outcome.kind === "failed" ? outcome.reason : outcome.kind;

    it("when the endpoint is down", async () => {
      const down = await S3Lab.start();
      const place = down.place();
      await down.stop();
      for (const [name, value] of Object.entries(credentials)) process.env[name] = value;
      const { file, content } = await newFile(10 * megabyte);
      const { parseS3Location } = await import("../../../src/artifacts/s3-location.ts");
      const store = new S3Store(parseS3Location(place), {
        attempts: 2,
        connectMs: 500,
        silenceMs: 500,
      });
      const outcome = await new EvidenceKeeper({ store }).keep(file, newKey());
      assert.match(reasonOf(outcome), /s3:\/\/evidence: nothing listens there/);
      assert.equal((await settleLog(file, outcome, "own")).kind, "keep");
      assert.ok(content.equals(await readFile(file)));
    });

    it("when it says nothing", async () => {
      const brief = { attempts: 2, silenceMs: 400 };
      const outcome = await keepUnder(() => ({ kind: "silent" }), 1_000, brief);
      assert.match(reasonOf(outcome), /does not answer|was cut/);
      const late = await keepUnder(
        (asked) => (isPart(asked) ? { kind: "silent" } : undefined),
        17 * megabyte,
        brief,
      );
      assert.match(reasonOf(late), /does not answer|was cut/);
    });

    it("when it refuses", async () => {
      const fault: Fault = { kind: "status", status: 403, code: "AccessDenied" };
      assert.match(reasonOf(await keepUnder(() => fault)), /refused \(403/);
      const late = await keepUnder((asked) => (isPart(asked) ? fault : undefined), 17 * megabyte);
      assert.match(reasonOf(late), /refused \(403 AccessDenied\)/);
    });

    it("when the key is wrong, or there is none, and never tells it", async () => {
      const secret = "very-secret-0123456789";
      process.env["AWS_SECRET_ACCESS_KEY"] = secret;
      try {
        const outcome = await new EvidenceKeeper({ store: lab.store() }).keep(
          (await newFile(10)).file,
          newKey(),
        );
        assert.match(reasonOf(outcome), /refused \(403/);
        assert.ok(!JSON.stringify(outcome).includes(secret));
        delete process.env["AWS_ACCESS_KEY_ID"];
        delete process.env["AWS_SECRET_ACCESS_KEY"];
        const none = await new EvidenceKeeper({ store: lab.store() }).keep(
          (await newFile(10)).file,
          newKey(),
        );
        assert.match(reasonOf(none), /no AWS credentials were found/);
      } finally {
        Object.assign(process.env, credentials);
      }
    });

    it("when it goes on failing, after as many tries as were granted", async () => {
      const outcome = await keepUnder(
        (asked) => (isPart(asked) ? serverError : undefined),
        17 * megabyte,
      );
      assert.match(reasonOf(outcome), /failed \(500 InternalError\)/);
      const tries = Map.groupBy(lab.way.asked.filter(isPart), ({ path }) => path);
      assert.ok([...tries.values()].every(({ length }) => length <= 3));
      assert.ok([...tries.values()].some(({ length }) => length === 3));
    });

    it("when the connection is cut again and again", async () => {
      const outcome = await keepUnder(
        (asked) =>
          isPart(asked) ? { kind: "cut", side: "request", afterBytes: 100_000 } : undefined,
        17 * megabyte,
      );
      assert.match(reasonOf(outcome), /was cut/);
    });

    it("when there is no such bucket", async () => {
      const { parseS3Location } = await import("../../../src/artifacts/s3-location.ts");
      const place = lab.place().replace(bucket, "no-such-bucket");
      const store = new S3Store(parseS3Location(place), {
        attempts: 1,
        connectMs: 500,
        silenceMs: 500,
      });
      const outcome = await new EvidenceKeeper({ store }).keep((await newFile(10)).file, newKey());
      assert.match(reasonOf(outcome), /no such bucket/);
    });

    it("when it took all, and then has not got it or not all of it", async () => {
      const heads: readonly (readonly [Fault, RegExp])[] = [
        [{ kind: "status", status: 404, code: "" }, /failed \(404/],
        [{ kind: "status", status: 200, code: "", bytes: 9 }, /has 9 of 10 bytes/],
      ];
      for (const [head, expected] of heads) {
        const { file } = await newFile(10);
        let put = false;
        lab.way.fault = ({ method }) => {
          put ||= method === "PUT";
          return put && method === "HEAD" ? head : undefined;
        };
        const outcome = await new EvidenceKeeper({ store: lab.store() }).keep(file, newKey());
        assert.match(reasonOf(outcome), expected);
        assert.equal((await settleLog(file, outcome, "own")).kind, "keep");
        assert.ok(existsSync(file));
      }
    });

    it("when it is cancelled in the middle", async () => {
      const stop = new AbortController();
      const { file, content } = await newFile(30 * megabyte);
      const key = newKey();
      lab.way.fault = (asked) => (isPart(asked) ? { kind: "slow", msPerChunk: 20 } : undefined);
      const kept = new EvidenceKeeper({ store: lab.store() }).keep(file, key, {
        signal: stop.signal,
      });
      while (!lab.way.asked.some(isPart)) await new Promise(setImmediate);
      stop.abort(new Error("enough"));
      assert.equal(reasonOf(await kept), "enough");
      lab.way.fault = () => undefined;
      assert.equal(lab.way.count("DELETE", /uploadId=/), 1);
      assert.deepEqual(await lab.store().list(key), []);
      assert.ok(content.equals(await readFile(file)));
    });

    it("when another has the name already", async () => {
      const key = newKey();
      await lab.store().put(key, { stream: Readable.from([Buffer.from("first")]) });
      const outcome = await new EvidenceKeeper({ store: lab.store() }).keep(
        (await newFile(9)).file,
        key,
      );
      assert.match(reasonOf(outcome), /already/);
      assert.equal((await read(key)).toString(), "first");
    });

    it("when its listener throws, which it outlives", async () => {
      const { file } = await newFile(10);
      const onProgress = () => {
        throw new Error("a listener broke");
      };
      const outcome = await new EvidenceKeeper({ store: lab.store() }).keep(file, newKey(), {
        onProgress,
      });
      assert.equal(outcome.kind, "uploaded");
    });
  });

  describe("gets there in the end", () => {
    it("when the endpoint fails at first, at any step", async () => {
      const steps: readonly ((asked: Asked) => boolean)[] = [
        isPut,
        ({ method }) => method === "HEAD",
        ({ method, path }) => method === "POST" && /[?&]uploads(?:=|&|$)/.test(path),
        isPart,
        ({ method, path }) => method === "POST" && path.includes("uploadId="),
      ];
      for (const isStep of steps) {
        lab.way.mend();
        let failed = 0;
        const outcome = await keepUnder(
          (asked) => (isStep(asked) && failed++ < 2 ? serverError : undefined),
          17 * megabyte,
        );
        assert.equal(outcome.kind, "uploaded", String(isStep));
        assert.ok(failed > 2, String(isStep));
      }
    });

    it("when the connection is cut in the middle of a part", async () => {
      let cut = 0;
      const outcome = await keepUnder(
        (asked) =>
          isPart(asked) && cut++ < 2
            ? { kind: "cut", side: "request", afterBytes: 3 * megabyte }
            : undefined,
        17 * megabyte,
      );
      assert.equal(outcome.kind, "uploaded");
      assert.ok(cut > 2);
    });

    it("when it is slow", async () => {
      const outcome = await keepUnder(() => ({ kind: "slow", msPerChunk: 2 }), 17 * megabyte);
      assert.equal(outcome.kind, "uploaded");
    });

    it("when a download is cut, from where it was cut", async () => {
      const { file, content } = await newFile(10 * megabyte);
      const key = newKey();
      await lab.store().put(key, { file });
      lab.way.mend();
      lab.way.fault = ({ method }) =>
        method === "GET" ? { kind: "cut", side: "answer", afterBytes: 3 * megabyte } : undefined;
      assert.ok(content.equals(await read(key)));
      const starts = lab.way.asked
        .filter(({ method }) => method === "GET")
        .map(({ range }) => range);
      assert.equal(starts[0], undefined);
      assert.ok(
        starts.length >= 4 && starts.slice(1).every((range) => /^bytes=\d+-$/.test(range!)),
      );
      const output = join(lab.folder, "never");
      lab.way.fault = ({ method }) =>
        method === "GET" ? { kind: "cut", side: "answer", afterBytes: 0 } : undefined;
      await assert.rejects(getToFile(lab.store(), key, output), /was cut|aborted/);
      assert.equal(existsSync(output), false);
    });
  });

  describe("keeps to a budget", () => {
    it("that declines what no longer fits, and cuts nothing short", async () => {
      const budget = new UploadBudget(3_000);
      const keeper = new EvidenceKeeper({ store: lab.store(), budget });
      const outcomes: string[] = [];
      for (const bytes of [2_000, 2_000, 1_000, 1, 0]) {
        const { file, content } = await newFile(bytes);
        const key = newKey();
        const outcome = await keeper.keep(file, key);
        outcomes.push(outcome.kind);
        if (outcome.kind === "uploaded") assert.ok(content.equals(await read(key)));
        else assert.ok(content.equals(await readFile(file)));
      }
      assert.deepEqual(outcomes, ["uploaded", "declined", "uploaded", "declined", "uploaded"]);
    });

    it("also when all come at once", async () => {
      const keeper = new EvidenceKeeper({ store: lab.store(), budget: new UploadBudget(5_000) });
      const files = await Promise.all(Array.from({ length: 8 }, () => newFile(1_000)));
      const outcomes = await Promise.all(files.map(({ file }) => keeper.keep(file, newKey())));
      assert.equal(outcomes.filter(({ kind }) => kind === "uploaded").length, 5);
      assert.equal(outcomes.filter(({ kind }) => kind === "declined").length, 3);
    });

    it("and gives back what a failed upload did not use", async () => {
      const budget = new UploadBudget(1_000);
      const keeper = new EvidenceKeeper({ store: lab.store("", { attempts: 1 }), budget });
      lab.way.fault = () => serverError;
      assert.equal((await keeper.keep((await newFile(1_000)).file, newKey())).kind, "failed");
      lab.way.fault = () => undefined;
      assert.equal((await keeper.keep((await newFile(1_000)).file, newKey())).kind, "uploaded");
      assert.equal(budget.left, 0);
    });

    it("or keeps nothing where nothing is wanted", async () => {
      const { file } = await newFile(10);
      const outcome = await new EvidenceKeeper({ store: undefined }).keep(file, newKey());
      assert.deepEqual(outcome, { kind: "disabled" });
      const settled = await settleLog(file, outcome, "own");
      assert.equal(settled.kind === "keep" && settled.reason, "upload-disabled");
    });
  });

  it(`moves ${isLong ? 300 : 128} MB with bounded memory`, async function () {
    this.timeout(300_000);
    const bytes = (isLong ? 300 : 128) * megabyte;
    const child = join(import.meta.dirname, "support", "move-file.ts");
    const { stdout } = await execa(process.execPath, [child, lab.place("big"), String(bytes)], {
      cwd: lab.folder,
    });
    const { base, peak, same, seconds } = JSON.parse(stdout);
    if (isLong) console.log(`      ${JSON.stringify({ base, peak, seconds })} (MiB)`);
    assert.equal(same, true);
    // Three parts of 8 MiB under way and one being read, each twice, and what the collector leaves.
    assert.ok(peak - base < 150, stdout);
  });
});
