/** Whether a shell would find a program, without running anything. */
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";

export async function isOnPath(program: string, path: string | undefined): Promise<boolean> {
  const folders = (path ?? "").split(delimiter).filter((folder) => folder !== "");
  const found = folders.map((folder) => access(join(folder, program), constants.X_OK));
  return (await Promise.allSettled(found)).some(({ status }) => status === "fulfilled");
}
