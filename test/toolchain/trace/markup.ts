/** Elements of an export, as text. */

/** Only the entities that exports are known to have. */
export function escapeXml(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;");
}

export type Attributes = Readonly<Record<string, string | number | undefined>>;

export function attributesOf(attributes: Attributes): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join("");
}

/**
 * The ids of one document: an element is written once, with an id, and referred to from then on.
 * A parent's id comes before its children's.
 */
export class Ids {
  readonly #known = new Map<string, number>();
  #next = 1;

  /** `key` is what makes two elements of this tag the same. */
  element(
    tag: string,
    key: string | number,
    attributes: Attributes,
    content: () => string = () => "",
  ): string {
    const name = `${tag}\0${key}`;
    const known = this.#known.get(name);
    if (known !== undefined) return `<${tag} ref="${known}"/>`;
    const id = this.#next++;
    this.#known.set(name, id);
    const inner = content();
    const head = `<${tag} id="${id}"${attributesOf(attributes)}`;
    return inner === "" ? `${head}/>` : `${head}>${inner}</${tag}>`;
  }

  /** So that a table of any length needs no more memory than what it still refers to. */
  forget(tag: string, key: string | number): void {
    this.#known.delete(`${tag}\0${key}`);
  }
}

/** `00:01.234.567` of nanoseconds. */
export function clock(ns: number): string {
  const us = Math.floor(ns / 1000);
  const parts = [
    [Math.floor(us / 60e6), 2],
    [Math.floor(us / 1e6) % 60, 2],
    [Math.floor(us / 1000) % 1000, 3],
    [us % 1000, 3],
  ].map(([value, digits]) => String(value).padStart(digits!, "0"));
  return `${parts[0]}:${parts[1]}.${parts[2]}.${parts[3]}`;
}

/** `1.00 ms`, `2.40 s`. */
export function span(ns: number): string {
  if (ns >= 1e9) return `${(ns / 1e9).toFixed(2)} s`;
  if (ns >= 1e6) return `${(ns / 1e6).toFixed(2)} ms`;
  return `${(ns / 1e3).toFixed(2)} µs`;
}
