/** A runner's project to prepare, as far as a stand-in of xcodebuild looks at it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const scheme = "HangscopeRunner";

/** Gives the path of the project. */
export function makeProject(folder: string): string {
  const project = join(folder, "HangscopeRunner.xcodeproj");
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write("HangscopeRunner.xcodeproj/project.pbxproj", "// !$*UTF8*$!\n");
  write(`HangscopeRunner.xcodeproj/xcshareddata/xcschemes/${scheme}.xcscheme`, "<Scheme/>\n");
  for (const name of ["Main", "Server", "Commands", "Automation"]) {
    write(`Sources/${name}.swift`, `// ${name}\n`);
  }
  write("Runner.xcconfig", "SWIFT_VERSION = 5.0\n");
  return project;
}
