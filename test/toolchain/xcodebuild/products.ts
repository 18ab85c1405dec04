/** What a build leaves: a runner app with a test bundle in it, and the `.xctestrun` that names them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { WholeScenario } from "../defaults.ts";
import { type Plist, writeXml } from "../plist.ts";
import { releaseOf } from "../tools/xcode-install.ts";

/** What the stand-in of a program is: its text. */
export interface StandInProgram {
  readonly target: string;
  readonly fingerprint: string;
  /** Which build of the scenario it is of. */
  readonly build: number;
  readonly filler: string;
}

export interface ProductPlan {
  readonly products: string;
  readonly sdk: string;
  readonly scheme: string;
  readonly fingerprint: string;
  readonly build: number;
}

const filler = "A program of a real Mac is longer. ".repeat(40);

export function writeProducts(scenario: WholeScenario, plan: ProductPlan): void {
  const { products, sdk, scheme: target } = plan;
  const { files = 4, bytes, testRunFormat = 1, absolutePaths, outcome } = scenario.build;
  const configuration = sdk === "macosx" ? "Debug" : `Debug-${sdk}`;
  const host = `${configuration}/${target}-Runner.app`;
  const inner = sdk === "macosx" ? `${host}/Contents` : host;
  const programs = sdk === "macosx" ? `${inner}/MacOS` : inner;
  const bundle = `${inner}/PlugIns/${target}.xctest`;
  const write = (path: string, text: string | Uint8Array, mode = 0o644) => {
    mkdirSync(dirname(join(products, path)), { recursive: true });
    writeFileSync(join(products, path), text, { mode });
  };
  const program: StandInProgram = {
    target,
    fingerprint: plan.fingerprint,
    build: plan.build,
    filler,
  };
  write(`${inner}/Info.plist`, writeXml({ CFBundleIdentifier: bundleIdOf(target) }));
  write(`${programs}/${target}-Runner`, JSON.stringify(program), 0o755);
  write(
    `${bundle}/Info.plist`,
    writeXml({ HangscopeRunnerFingerprint: plan.fingerprint, CFBundleName: target }),
  );
  write(`${bundle}/${target}`, JSON.stringify(program), 0o755);
  const each = bytes === undefined ? 64 : Math.ceil(bytes / files);
  for (let i = 0; i < files; i++) {
    write(`${inner}/Resources/resource-${i}.bin`, new Uint8Array(each).fill(i));
  }
  if (outcome === "leaves-nothing") return;
  const root = absolutePaths ? products : "__TESTROOT__";
  const description: Plist = {
    BlueprintName: target,
    TestHostPath: `${root}/${host}`,
    TestHostBundleIdentifier: bundleIdOf(target),
    TestBundlePath: `__TESTHOST__/${bundle.slice(host.length + 1)}`,
    IsUITestBundle: true,
    EnvironmentVariables: { OS_ACTIVITY_DT_MODE: "YES" },
    TestingEnvironmentVariables: { DYLD_FRAMEWORK_PATH: "__TESTROOT__/Debug" },
    ProductPaths: [`${root}/${host}`],
  };
  const whole: Plist =
    testRunFormat === 1
      ? { [target]: description, __xctestrun_metadata__: { FormatVersion: 1 } }
      : {
          TestConfigurations: [{ Name: "Default", TestTargets: [description] }],
          TestPlan: { Name: target, IsDefault: true },
          __xctestrun_metadata__: { FormatVersion: 2 },
        };
  const arch = sdk === "macosx" ? "arm64" : "arm64-x86_64";
  const name = `${target}_${sdk}${releaseOf(scenario).iosSdk}-${arch}`;
  write(`${name}.xctestrun`, writeXml(whole));
  if (outcome === "leaves-two") write(`${name}-other.xctestrun`, writeXml(whole));
}

function bundleIdOf(target: string): string {
  return `dev.hangscope.${target}.xctrunner`;
}
