// biome-ignore-all lint/suspicious/noTemplateCurlyInString: VS Code's variables are written so.
import assert from "node:assert/strict";
import { homedir } from "node:os";
import { join, sep } from "node:path";
import {
  fillVariables,
  UnknownVariable,
  type VariableSources,
} from "../../../extension/capture/targets/variables.ts";

describe("VS Code's variables", () => {
  const root = join(sep, "work", "shop");
  const other = join(sep, "work", "tools");
  const sources: VariableSources = {
    folders: [
      { name: "shop", path: root },
      { name: "tools", path: other },
    ],
    file: join(root, "src", "main.test.ts"),
    line: 12,
    selectedText: "hot",
    env: { USER: "me" },
    setting: (name) => ({ "a.b": 3, "a.list": [1] })[name],
  };
  const cases: [string, string][] = [
    ["plain $HOME $(x)", "plain $HOME $(x)"],
    ["${workspaceFolder}/dist", `${root}/dist`],
    ["${workspaceRoot}|${cwd}", `${root}|${root}`],
    ["${workspaceFolderBasename}", "shop"],
    ["${workspaceFolder:tools}", other],
    ["${file}", join(root, "src", "main.test.ts")],
    ["${fileWorkspaceFolder}", root],
    ["${relativeFile}", join("src", "main.test.ts")],
    ["${relativeFileDirname}", "src"],
    ["${fileDirname}", join(root, "src")],
    ["${fileDirnameBasename}", "src"],
    ["${fileBasename}", "main.test.ts"],
    ["${fileBasenameNoExtension}${fileExtname}", "main.test.ts"],
    ["${lineNumber}:${selectedText}", "12:hot"],
    ["${env:USER}-${env:NONE}", "me-"],
    ["${config:a.b}", "3"],
    ["${userHome}${/}x${pathSeparator}", `${homedir()}${sep}x${sep}`],
  ];
  for (const [text, filled] of cases) {
    it(`fills in ${text}`, () => assert.equal(fillVariables(text, sources), filled));
  }

  for (const text of [
    "${input:which}",
    "${command:pick}",
    "${workspaceFolder:none}",
    "${config:a.list}",
    "${config:none}",
    "${nonsense}",
  ]) {
    it(`names ${text}, which it cannot fill in`, () => {
      assert.throws(
        () => fillVariables(`--x ${text}`, sources),
        (error) => error instanceof UnknownVariable && error.variable === text,
      );
    });
  }

  it("has nothing for the file when none is open", () => {
    const { file: _file, ...without } = sources;
    assert.throws(() => fillVariables("${file}", without), UnknownVariable);
  });
});
