/**
 * Fills in VS Code's `${…}` variables, as `launch.json` and `tasks.json` use them. VS Code offers
 * extensions no way to ask for it.
 */
import { homedir } from "node:os";
import { basename, dirname, extname, relative, sep } from "node:path";

export interface VariableSources {
  /** Absolute paths by name; the first is the one that is meant when none is named. */
  readonly folders: readonly { readonly name: string; readonly path: string }[];
  /** Absolute path of the file in the active editor. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  readonly selectedText?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly setting: (name: string) => unknown;
}

/** One that cannot be filled in: it asks the user, runs a command, or needs an open file. */
export class UnknownVariable extends Error {
  /** As it was written, `${…}`. */
  readonly variable: string;

  constructor(variable: string) {
    super(`${variable} cannot be filled in.`);
    this.variable = variable;
  }
}

/** @throws UnknownVariable */
export function fillVariables(text: string, sources: VariableSources): string {
  return text.replace(/\$\{([^}]+)\}/g, (whole, variable: string) => {
    const value = lookUp(variable, sources);
    if (value === undefined) throw new UnknownVariable(whole);
    return value;
  });
}

function lookUp(variable: string, sources: VariableSources): string | undefined {
  const colon = variable.indexOf(":");
  const name = colon < 0 ? variable : variable.slice(0, colon);
  const argument = colon < 0 ? undefined : variable.slice(colon + 1);
  if (argument !== undefined && name === "env") return sources.env[argument] ?? "";
  if (argument !== undefined && name === "config") return settingText(sources.setting(argument));
  return ofFolder(name, argument, sources) ?? ofFile(name, argument, sources) ?? ofHost(name);
}

function settingText(value: unknown): string | undefined {
  return ["string", "number", "boolean"].includes(typeof value) ? String(value) : undefined;
}

function ofFolder(
  name: string,
  wanted: string | undefined,
  { folders }: VariableSources,
): string | undefined {
  const folder = wanted === undefined ? folders[0] : folders.find((each) => each.name === wanted);
  if (!folder) return undefined;
  switch (name) {
    case "workspaceFolder":
    case "workspaceRoot":
    case "cwd":
      return folder.path;
    case "workspaceFolderBasename":
      return basename(folder.path);
    default:
      return undefined;
  }
}

function ofFile(
  name: string,
  wanted: string | undefined,
  { folders, file, line, selectedText }: VariableSources,
): string | undefined {
  if (file === undefined) return undefined;
  const folder =
    folders.find((each) => each.name === wanted) ??
    folders.find((each) => file.startsWith(each.path + sep)) ??
    folders[0];
  const fromFolder = (path: string) => folder && relative(folder.path, path);
  switch (name) {
    case "file":
      return file;
    case "fileWorkspaceFolder":
      return folder?.path;
    case "relativeFile":
      return fromFolder(file);
    case "relativeFileDirname":
      return fromFolder(dirname(file));
    case "fileDirname":
      return dirname(file);
    case "fileDirnameBasename":
      return basename(dirname(file));
    case "fileBasename":
      return basename(file);
    case "fileBasenameNoExtension":
      return basename(file, extname(file));
    case "fileExtname":
      return extname(file);
    case "lineNumber":
      return line === undefined ? undefined : String(line);
    case "selectedText":
      return selectedText;
    default:
      return undefined;
  }
}

function ofHost(name: string): string | undefined {
  switch (name) {
    case "userHome":
      return homedir();
    case "pathSeparator":
    case "/":
      return sep;
    default:
      return undefined;
  }
}
