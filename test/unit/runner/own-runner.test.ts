/** The runner that ships as source: what can be held to its word without a Mac. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { XMLValidator } from "fast-xml-parser";
import { runnerSource } from "../../../src/runner/own-runner.ts";
import { profiles } from "../../../src/runner/platforms.ts";
import {
  fingerprintSetting,
  instanceHeader,
  protocolVersion,
  runnerVariables,
} from "../../../src/runner/session/runner-protocol.ts";
import { parsePlist } from "../../toolchain/plist.ts";

const folder = resolve(import.meta.dirname, "../../../runner");
const read = (path: string) => readFileSync(join(folder, path), "utf8");
const sources = globSync("Sources/*.swift", { cwd: folder });
const swift = sources.map(read).join("\n");
const protocol = read("PROTOCOL.md");

interface Project {
  readonly objects: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly rootObject: string;
}

describe("the runner that comes along", () => {
  const project = parsePlist(
    read("HangscopeRunner.xcodeproj/project.pbxproj").replace(/^\/\/.*\n/, ""),
  ) as unknown as Project;
  const { objects } = project;
  const ofKind = (isa: string) => Object.entries(objects).filter(([, each]) => each["isa"] === isa);

  it("stands where it is looked for, with its scheme and its test", () => {
    const { project: path, scheme, test } = runnerSource({});
    assert.equal(path, join(folder, "HangscopeRunner.xcodeproj"));
    assert.ok(existsSync(join(path, "xcshareddata/xcschemes", `${scheme}.xcscheme`)));
    const [target, type, method] = test.split("/");
    assert.deepEqual(
      ofKind("PBXNativeTarget").map(([, each]) => each["name"]),
      [target],
    );
    assert.match(swift, new RegExp(`class ${type}: XCTestCase`));
    assert.match(swift, new RegExp(`func ${method}\\(\\)`));
  });

  it("has a project that names what is there, and all of it", () => {
    const named = ofKind("PBXFileReference").map(([, each]) => String(each["path"]));
    assert.deepEqual(
      named.filter((path) => path.endsWith(".swift")).sort(),
      sources.map((path) => basename(path)).sort(),
    );
    const phases = ofKind("PBXSourcesBuildPhase").map(([, each]) => each["files"] as unknown[]);
    assert.deepEqual(
      phases.map((files) => files.length),
      [sources.length],
    );
    const identifiers = new Set(Object.keys(objects));
    for (const match of JSON.stringify(project).matchAll(/"(4853[0-9A-F]{20})"/g)) {
      assert.ok(identifiers.has(match[1]!), match[1]);
    }
    assert.ok(objects[project.rootObject]);
  });

  it("has a scheme that tests that target", () => {
    const scheme = read(
      "HangscopeRunner.xcodeproj/xcshareddata/xcschemes/HangscopeRunner.xcscheme",
    );
    assert.equal(XMLValidator.validate(scheme), true);
    const [[target] = []] = ofKind("PBXNativeTarget");
    assert.equal(scheme.split(`BlueprintIdentifier = "${target}"`).length, 3);
  });

  it("is built for every platform of the table", () => {
    const supported = ofKind("XCBuildConfiguration").flatMap(([, each]) => {
      const settings = each["buildSettings"] as Record<string, string>;
      return settings["SUPPORTED_PLATFORMS"]?.split(" ") ?? [];
    });
    for (const { sdk } of profiles) assert.ok(supported.includes(sdk), sdk);
  });

  it("has its fingerprint built in", () => {
    const info = parsePlist(read("Info.plist")) as Record<string, string>;
    assert.equal(info["HangscopeRunnerFingerprint"], `$(${fingerprintSetting})`);
    assert.match(swift, /forInfoDictionaryKey: "HangscopeRunnerFingerprint"/);
    assert.ok(protocol.includes(fingerprintSetting));
  });

  it("is told and documented with the same words", () => {
    for (const name of Object.values(runnerVariables)) {
      assert.ok(swift.includes(`"${name}"`), name);
      assert.ok(protocol.includes(`\`${name}\``), name);
    }
    const header = new RegExp(instanceHeader, "i");
    assert.match(swift, header);
    assert.match(protocol, header);
    assert.ok(swift.includes(`"protocol": ${protocolVersion}`));
    assert.ok(protocol.includes(`version ${protocolVersion}`));
    const routes = ["GET /uptime", "POST /ping", "GET /status", "POST /command", "POST /shutdown"];
    for (const route of routes) {
      const [method, path] = route.split(" ");
      assert.ok(swift.includes(`case ("${method}", "${path}")`), route);
      assert.ok(protocol.includes(`\`${route}`), route);
    }
  });

  it("listens on loopback only", () => {
    assert.match(swift, /requiredLocalEndpoint = \.hostPort\(host: \.ipv4\(\.loopback\)/);
  });

  it("has documents that say what cannot be said on Linux", () => {
    assert.match(read("README.md"), /Nobody has compiled this project yet/);
    assert.match(read("README.md"), /--platform ios --timeout 300000 --json/);
  });
});
