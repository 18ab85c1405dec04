/** `hangscope push` against stand-ins of Pyroscope and Parca, which decode what they get. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { execa } from "execa";
import { Profile } from "pprof-format";
import { parseEndpoint } from "../../../src/push/endpoint.ts";
import { checkName, parseLabel } from "../../../src/push/labels.ts";
import { writeCpuprofile } from "../../generators/cpuprofile.ts";
import { cli } from "../../unit/cli/program.ts";

interface Got {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

describe("push", function () {
  this.timeout(30_000);
  let folder: string;
  let service: Server;
  let got: Got[];
  let answer: { readonly status: number; readonly text: string };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "hangscope-push-"));
    await writeCpuprofile(join(folder, "app.cpuprofile"), { nodes: 50, depth: 10 });
    await utimes(join(folder, "app.cpuprofile"), 1_700_000_000, 1_700_000_000);
    service = createServer(async (request, response) => {
      const url = new URL(request.url ?? "", "http://x");
      got.push({
        path: url.pathname,
        query: Object.fromEntries(url.searchParams),
        headers: request.headers,
        body: await buffer(request),
      });
      response.writeHead(answer.status, { location: "http://127.0.0.1:1/" });
      response.end(answer.text);
    });
    service.listen(0, "127.0.0.1");
    await once(service, "listening");
  });
  after(async () => {
    service.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(() => {
    got = [];
    answer = { status: 200, text: "{}" };
  });

  const at = () => `127.0.0.1:${(service.address() as AddressInfo).port}`;

  function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    return execa(process.execPath, [cli, "push", "app.cpuprofile", ...args], {
      cwd: folder,
      reject: false,
      env: { TMPDIR: folder, ...env },
    });
  }

  function weighs(pprof: Buffer): { total: number; time: bigint; functions: number } {
    const profile = Profile.decode(gunzipSync(pprof));
    const total = profile.sample.reduce((sum, { value }) => sum + Number(value[1]), 0);
    const time = BigInt(profile.timeNanos);
    return { total, time, functions: profile.function.length };
  }

  it("gives Pyroscope a form with the profile and what its samples are", async () => {
    const { exitCode, stdout, stderr } = await run(
      [
        "--to",
        `http://${at()}/base/`,
        "--as",
        "pyroscope",
        "--name",
        "shop",
        "--label",
        "env=ci",
        "--label",
        "host=web 1",
        "--tenant",
        "t1",
      ],
      { HANGSCOPE_PUSH_TOKEN: "secret" },
    );
    assert.equal(exitCode, 0, stderr);
    assert.equal(stdout, `pyroscope at ${at()} has it as shop.`);
    const [{ path, query, headers, body } = assert.fail(), ...more] = got;
    assert.deepEqual([path, more], ["/base/ingest", []]);
    assert.deepEqual([headers.authorization, headers["x-scope-orgid"]], ["Bearer secret", "t1"]);
    assert.deepEqual(query, {
      name: "shop{env=ci,host=web 1}",
      from: query["from"],
      until: "1700000000",
      format: "pprof",
      spyName: "hangscope",
    });
    const type = headers["content-type"]!;
    const form = await new Response(new Uint8Array(body), {
      headers: { "content-type": type },
    }).formData();
    const file = async (name: string) => Buffer.from(await (form.get(name) as File).arrayBuffer());
    const { total, time, functions } = weighs(await file("profile"));
    const config = JSON.parse((await file("sample_type_config")).toString());
    assert.deepEqual(Object.keys(config), ["samples", "time"]);
    assert.ok(total > 0 && functions > 10);
    const durationMs = 1.7e12 - Number(time / 1_000_000n);
    assert.equal(Number(query["from"]), Math.floor((1.7e12 - durationMs) / 1000));
    assert.deepEqual((await readdir(folder)).sort(), ["app.cpuprofile"]);
  });

  it("gives Parca's gateway the profile with its labels", async () => {
    const { exitCode, stderr } = await run([
      "--to",
      `http://user:pass%20word@${at()}/profiles/writeraw`,
      "--label",
      "env=ci",
      "--now",
    ]);
    assert.equal(exitCode, 0, stderr);
    const [{ path, headers, body } = assert.fail()] = got;
    assert.equal(path, "/profiles/writeraw");
    assert.equal(headers["content-type"], "application/json");
    assert.equal(
      headers.authorization,
      `Basic ${Buffer.from("user:pass word").toString("base64")}`,
    );
    const { series, normalized, tenant } = JSON.parse(body.toString());
    assert.deepEqual([normalized, tenant, series.length], [true, "", 1]);
    const [{ name: first }, { name: second, value }, { name: third }] = series[0].labels.labels;
    assert.deepEqual([first, second, third], ["__name__", "job", "env"]);
    assert.match(value, /^hangscope-push-/);
    const { total, time } = weighs(Buffer.from(series[0].samples[0].rawProfile, "base64"));
    assert.ok(total > 0);
    assert.ok(Date.now() - Number(time / 1_000_000n) < 600_000);
  });

  it("sends a pprof file as it is", async () => {
    const pprof = join(folder, "x.pb.gz");
    await execa(
      process.execPath,
      [cli, "convert", "app.cpuprofile", "--to", "pprof", "-o", pprof],
      { cwd: folder },
    );
    const args = [cli, "push", pprof, "--to", `http://${at()}`, "--as", "parca", "--name", "x"];
    await execa(process.execPath, args, { cwd: folder });
    const [
      {
        series: [{ samples }],
      },
    ] = [JSON.parse(got[0]!.body.toString())];
    assert.ok(Buffer.from(samples[0].rawProfile, "base64").equals(await readFile(pprof)));
    await rm(pprof);
  });

  it("says what went wrong, once, and never a secret", async () => {
    const cases: readonly [number, string, RegExp][] = [
      [500, "no\nspace left", /did not take it \(500\): no space left/],
      [401, "", /did not take it \(401\)/],
      [302, "", /redirect/],
      [422, "x".repeat(5_000), /\(422\): x{200}\n?$/],
    ];
    for (const [status, text, expected] of cases) {
      got = [];
      answer = { status, text };
      const to = `http://me:hidden@${at()}`;
      const { exitCode, stderr } = await run(["--to", to, "--as", "pyroscope"]);
      assert.equal(exitCode, 1);
      assert.match(stderr, expected);
      assert.doesNotMatch(stderr, /hidden/);
      assert.equal(got.length, 1);
    }
    const { exitCode, stderr } = await run(["--to", "http://127.0.0.1:1", "--as", "parca"]);
    assert.deepEqual([exitCode, /nothing listens there|bad port/.test(stderr)], [1, true], stderr);
    assert.deepEqual((await readdir(folder)).sort(), ["app.cpuprofile"]);
  });

  it("refuses what it cannot send before it reads anything", async () => {
    for (const args of [
      ["--to", "ftp://x", "--as", "parca"],
      ["--to", "nonsense", "--as", "parca"],
      ["--to", "http://x.example"],
      ["--to", "http://x", "--as", "other"],
      ["--to", "http://x:4040", "--label", "a"],
      ["--to", "http://x:4040", "--label", "a={}"],
      ["--to", "http://x:4040", "--name", "a{b}"],
      [],
    ]) {
      const { exitCode, stderr } = await run(args);
      assert.equal(exitCode, 2, `${args}: ${stderr}`);
    }
    await writeFile(join(folder, "no-profile"), "x");
    const args = [cli, "push", "no-profile", "--to", `http://${at()}`, "--as", "parca"];
    const { stderr } = await execa(process.execPath, args, { cwd: folder, reject: false });
    assert.match(stderr, /expected a V8 log/);
    assert.deepEqual(got, []);
    await rm(join(folder, "no-profile"));
  });

  it("knows a service by its path or its usual port", () => {
    const of = (text: string) => {
      const { service: name, url } = parseEndpoint(text);
      return [name, url.href];
    };
    assert.deepEqual(of("http://x:4040"), ["pyroscope", "http://x:4040/ingest"]);
    assert.deepEqual(of("https://x/a/ingest?b#c"), ["pyroscope", "https://x/a/ingest"]);
    assert.deepEqual(of("http://x:7070/"), ["parca", "http://x:7070/profiles/writeraw"]);
    assert.throws(() => of("http://x"), { code: "bad-endpoint" });
    assert.throws(() => parseLabel("__name__=x"), { code: "bad-label" });
    assert.throws(() => checkName(""), { code: "bad-label" });
    assert.deepEqual(parseLabel("a=b c"), ["a", "b c"]);
  });
});
