/** Where editors show a diagnostic: what has no file of its own stands in the project's. */
import { join } from "node:path";
import type { Position } from "./diagnostic.ts";

export interface Placed {
  /** Absolute path. */
  readonly file: string;
  /** From 0. */
  readonly line: number;
  /** From 0; `undefined` for all of the line. */
  readonly column: number | undefined;
}

/** @param project absolute path of the `.xcodeproj` or `.xcworkspace`, which is a folder */
export function placeIn(project: string, { file, line, column }: Position): Placed {
  if (file === undefined || file === project) {
    return { file: projectFile(project), line: 0, column: undefined };
  }
  return {
    file,
    line: (line ?? 1) - 1,
    column: line === undefined || column === undefined ? undefined : column - 1,
  };
}

function projectFile(project: string): string {
  const isWorkspace = project.endsWith(".xcworkspace");
  return join(project, isWorkspace ? "contents.xcworkspacedata" : "project.pbxproj");
}
