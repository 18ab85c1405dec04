/** Which file it is, whatever its name: `device:inode`. */
import { type BigIntStats, fstatSync, statSync } from "node:fs";

/** @throws what the file system says. */
export function fileId(fd: number): string {
  return idOf(fstatSync(fd, { bigint: true }));
}

/** Undefined when nothing is there. @throws what else the file system says. */
export function fileIdAt(path: string): string | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && idOf(found);
}

function idOf({ dev, ino }: BigIntStats): string {
  return `${dev}:${ino}`;
}
