/** Why a file or folder could not be made or written, in words for a person. */
const reasons: Readonly<Record<string, string>> = {
  EACCES: "this user may not write there",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "this user's share of the disk is full",
  ENOTDIR: "a part of its path is a file",
  EEXIST: "a file or a broken link stands there",
};

export function describeFileFault(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return reasons[code] ?? message;
}
