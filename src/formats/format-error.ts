/** A file that cannot be read: what was expected and found, and where. One error, for a person. */
export class FormatError extends Error {
  override readonly name = "FormatError";
  readonly path: string;
  /** Byte offset into the file at which reading stopped. */
  readonly offset: number;

  constructor(path: string, problem: { expected: string; found: string; offset: number }) {
    super(
      `${path}: expected ${problem.expected}, found ${problem.found} at byte ${problem.offset}.`,
    );
    this.path = path;
    this.offset = problem.offset;
  }
}
