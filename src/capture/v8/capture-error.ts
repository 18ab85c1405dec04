/**
 * A capture that cannot start or end as asked. The message says what to do about it; `code` is
 * stable and kebab-case, for callers that match.
 */
export class CaptureError extends Error {
  override readonly name = "CaptureError";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
