/** A profile that was not taken. The message says why; `code` is stable and kebab-case. */
export class PushError extends Error {
  override readonly name = "PushError";
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
