/**
 * Evidence that cannot be kept or had. The message says what to do about it; `code` is stable and
 * kebab-case, for callers that match.
 */
export class ArtifactError extends Error {
  override readonly name = "ArtifactError";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
