/**
 * What an export says, told by the book and as slowly as can be: every element an object, every
 * reference looked up. The oracle of the reader's tests, and what other XML parsers are measured
 * with: whoever parses calls `open`, `text` and `close`.
 */

export interface ReferenceElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: ReferenceElement[];
  text: string;
  /** It was a reference to nothing. */
  readonly isLost?: true;
}

export interface ReferenceFrame {
  readonly name: string;
  /** Path or name of the binary, or `""`. */
  readonly module: string;
  readonly path: string;
  readonly line: number;
  readonly inlined: boolean;
}

export interface ReferenceSample {
  /** Nanoseconds. */
  readonly time: number | undefined;
  /** Nanoseconds or cycles. */
  readonly weight: number | undefined;
  readonly tid: number | undefined;
  /** Of the process that the thread belongs to. */
  readonly threadPid: number | undefined;
  /** Of the row's own process, or else the thread's. */
  readonly pid: number | undefined;
  readonly state: string;
  /** The backtrace or tagged backtrace: the same object when it was referred to. */
  readonly stack: ReferenceElement | undefined;
}

/** By engineering type; every column has one of its own in the documents that are read. */
const columnOf = {
  time: ["sample-time"],
  weight: ["weight", "cycle-weight"],
  thread: ["thread"],
  process: ["process"],
  state: ["thread-state"],
  stack: ["backtrace", "tagged-backtrace"],
} as const;

export class ReferenceDocument {
  readonly #onSample: (sample: ReferenceSample) => void;
  readonly #ids = new Map<string, ReferenceElement>();
  readonly #open: ReferenceElement[] = [];
  #columns: string[] = [];
  /** References to nothing, in elements that count. */
  unresolved = 0;

  constructor(onSample: (sample: ReferenceSample) => void) {
    this.#onSample = onSample;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.#open.push({ name, attributes, children: [], text: "" });
  }

  text(text: string): void {
    const element = this.#open.at(-1);
    if (element) element.text += text;
  }

  close(): void {
    const element = this.#open.pop()!;
    const { id, ref } = element.attributes;
    let meant: ReferenceElement | undefined = element;
    if (ref !== undefined) {
      meant = this.#ids.get(ref.trim());
      if (meant?.name !== element.name) meant = undefined;
      if (!meant && counted.has(element.name)) this.unresolved++;
    } else if (id !== undefined) this.#ids.set(id.trim(), element);
    // Cells can hold elements of the same names.
    const isInNode = this.#open.length === 2;
    if (isInNode && element.name === "schema") this.#schema(element);
    // Rows are not kept.
    if (isInNode && element.name === "row") this.#row(element.children);
    else this.#open.at(-1)?.children.push(meant ?? lost(element.name));
  }

  #schema({ children }: ReferenceElement): void {
    const types = children.map((column) => childOf(column, "engineering-type")?.text.trim());
    this.#columns = types.map((type) => type ?? "");
  }

  #row(cells: readonly ReferenceElement[]): void {
    const cell = (types: readonly string[]) => {
      const found = cells[this.#columns.findIndex((type) => types.includes(type))];
      return found && types.includes(found.name) && !found.isLost ? found : undefined;
    };
    const thread = cell(columnOf.thread);
    const process = cell(columnOf.process) ?? childOf(thread, "process");
    this.#onSample({
      time: numberIn(cell(columnOf.time)),
      weight: numberIn(cell(columnOf.weight)),
      tid: numberIn(childOf(thread, "tid")),
      threadPid: numberIn(childOf(childOf(thread, "process"), "pid")),
      pid: numberIn(childOf(process, "pid")),
      state: cell(columnOf.state)?.text.trim() ?? "",
      stack: cell(columnOf.stack),
    });
  }
}

const counted = new Set(
  "sample-time thread tid process pid thread-state weight cycle-weight tagged-backtrace backtrace frame binary source path text-addresses".split(
    " ",
  ),
);

/** What a reference to nothing stands for. */
function lost(name: string): ReferenceElement {
  return { name, attributes: {}, children: [], text: "", isLost: true };
}

/** Innermost first, in every shape a stack can have; empty for a stack without frames. */
export function framesOf(stack: ReferenceElement): ReferenceFrame[] {
  const inner = stack.name === "tagged-backtrace" ? childOf(stack, "backtrace") : undefined;
  if (inner) return framesOf(inner);
  const frames = stack.children.filter(({ name }) => name === "frame");
  if (frames.length > 0) return frames.map(frameOf);
  return addressesOf(stack);
}

function frameOf(frame: ReferenceElement): ReferenceFrame {
  const { name, addr, inlined } = frame.attributes;
  const binary = childOf(frame, "binary");
  const source = childOf(frame, "source");
  const path = childOf(source, "path")?.text.trim() ?? "";
  return {
    name: name || addr || "(unknown)",
    module: binary?.attributes["path"] || binary?.attributes["name"] || "",
    path,
    line: Number(source?.attributes["line"] ?? 0),
    inlined: inlined !== undefined && !["", "0", "false", "no"].includes(inlined.toLowerCase()),
  };
}

function addressesOf(stack: ReferenceElement): ReferenceFrame[] {
  const lists = stack.children.filter(({ name, isLost }) => name === "text-addresses" && !isLost);
  const addresses = lists.flatMap(({ text }) =>
    text.split(/\s+/).filter((digits) => digits !== ""),
  );
  const leaf = /^(.*?)(?: ← \(\d+ other frames?\))?$/s.exec(stack.attributes["fmt"] ?? "")?.[1];
  return addresses.map((digits, i) => ({
    name: (i === 0 && leaf) || `0x${BigInt(digits).toString(16)}`,
    module: "",
    path: "",
    line: 0,
    inlined: false,
  }));
}

function childOf(
  element: ReferenceElement | undefined,
  name: string,
): ReferenceElement | undefined {
  // A child that was given twice counts as the last one.
  const found = element?.children.findLast((child) => child.name === name);
  return found?.isLost ? undefined : found;
}

function numberIn(element: ReferenceElement | undefined): number | undefined {
  const text = element?.text.trim() ?? "";
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
