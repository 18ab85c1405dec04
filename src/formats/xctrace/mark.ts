/** A text that a document is expected to hold somewhere: at least four bytes, all ASCII. */
export class Mark {
  readonly length: number;
  readonly #view: DataView;

  constructor(text: string) {
    const bytes = Buffer.from(text);
    this.length = bytes.length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Whether it stands there; `length` bytes from `at` on must be in the view. */
  isAt(view: DataView, at: number): boolean {
    const own = this.#view;
    const last = this.length - 4;
    for (let i = 0; i < last; i += 4) {
      if (view.getInt32(at + i, true) !== own.getInt32(i, true)) return false;
    }
    return view.getInt32(at + last, true) === own.getInt32(last, true);
  }
}
