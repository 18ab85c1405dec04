/** Property lists: the old style that `simctl` prints, XML and JSON. Everything is text in the first. */

export type Plist =
  | string
  | number
  | boolean
  | readonly Plist[]
  | { readonly [key: string]: Plist };

export function parsePlist(text: string): Plist {
  const start = text.trimStart();
  if (start.startsWith("<?xml") || start.startsWith("<!DOCTYPE") || start.startsWith("<plist")) {
    return new XmlParser(start).plist();
  }
  try {
    return JSON.parse(text) as Plist;
  } catch {
    return new OldStyleParser(text).plist();
  }
}

/** As `simctl listapps` does: four blanks a level, quotes only where needed. */
export function writeOldStyle(value: Plist, indent = ""): string {
  const inner = `${indent}    `;
  if (Array.isArray(value)) {
    const items = value.map((each: Plist) => `${inner}${writeOldStyle(each, inner)}`);
    return `(\n${items.join(",\n")}${items.length > 0 ? "\n" : ""}${indent})`;
  }
  if (typeof value !== "object") return quoteOldStyle(String(value));
  const entries = Object.entries(value).map(([key, each]) => {
    const gap = typeof each === "object" ? "     " : " ";
    return `${inner}${quoteOldStyle(key)} =${gap}${writeOldStyle(each, inner)};\n`;
  });
  return `{\n${entries.join("")}${indent}}`;
}

export function writeXml(value: Plist): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
${xmlOf(value, "")}
</plist>
`;
}

function quoteOldStyle(text: string): string {
  if (/^[A-Za-z0-9_$/:.]+$/.test(text) && !/[.:/-]/.test(text)) return text;
  const escaped = text.replace(/["\\]/g, "\\$&").replace(/\n/g, "\\n");
  return `"${escaped.replace(/[^\0-\x7f]/g, (char) => `\\U${hex4(char)}`)}"`;
}

function hex4(char: string): string {
  return char.charCodeAt(0).toString(16).padStart(4, "0");
}

function xmlOf(value: Plist, indent: string): string {
  if (typeof value === "boolean") return `${indent}<${value}/>`;
  if (typeof value === "number") {
    const tag = Number.isInteger(value) ? "integer" : "real";
    return `${indent}<${tag}>${value}</${tag}>`;
  }
  if (typeof value === "string") return `${indent}<string>${escapeXml(value)}</string>`;
  if (Array.isArray(value)) {
    const items = value.map((each: Plist) => `${xmlOf(each, `${indent}\t`)}\n`);
    return `${indent}<array>\n${items.join("")}${indent}</array>`;
  }
  const entries = Object.entries(value).map(
    ([key, each]) => `${indent}\t<key>${escapeXml(key)}</key>\n${xmlOf(each, `${indent}\t`)}\n`,
  );
  return `${indent}<dict>\n${entries.join("")}${indent}</dict>`;
}

function escapeXml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

abstract class Parser {
  protected readonly text: string;
  protected at = 0;

  constructor(text: string) {
    this.text = text;
  }

  protected match(pattern: RegExp): RegExpExecArray | null {
    const sticky = new RegExp(pattern.source, "suy");
    sticky.lastIndex = this.at;
    const found = sticky.exec(this.text);
    if (found) this.at = sticky.lastIndex;
    return found;
  }

  protected fail(): never {
    const line = this.text.slice(0, this.at).split("\n").length;
    throw new Error(`Unexpected character ${this.text[this.at] ?? "at end"} at line ${line}`);
  }
}

class OldStyleParser extends Parser {
  plist(): Plist {
    const value = this.#value();
    this.#blank();
    if (this.at < this.text.length) this.fail();
    return value;
  }

  #blank(): void {
    this.match(/(?:\s|\/\/[^\n]*|\/\*.*?\*\/)*/);
  }

  #sign(sign: string): boolean {
    this.#blank();
    if (this.text[this.at] !== sign) return false;
    this.at++;
    return true;
  }

  #value(): Plist {
    if (this.#sign("{")) return this.#dictionary();
    if (this.#sign("(")) return this.#array();
    return this.#string();
  }

  #dictionary(): Plist {
    const entries: [string, Plist][] = [];
    while (!this.#sign("}")) {
      const key = this.#string();
      if (!this.#sign("=")) this.fail();
      entries.push([key, this.#value()]);
      if (!this.#sign(";")) this.fail();
    }
    return Object.fromEntries(entries);
  }

  #array(): Plist {
    const items: Plist[] = [];
    while (!this.#sign(")")) {
      items.push(this.#value());
      if (!this.#sign(",")) {
        if (!this.#sign(")")) this.fail();
        break;
      }
    }
    return items;
  }

  #string(): string {
    this.#blank();
    const quoted = this.match(/"((?:[^"\\]|\\.)*)"/);
    if (quoted) {
      return quoted[1]!.replace(/\\(?:U([0-9a-fA-F]{4})|(.))/gsu, (_, code, char) =>
        code ? String.fromCharCode(Number.parseInt(code, 16)) : char === "n" ? "\n" : char,
      );
    }
    return this.match(/[A-Za-z0-9_$/:.-]+/)?.[0] ?? this.fail();
  }
}

class XmlParser extends Parser {
  plist(): Plist {
    this.match(/(?:<\?.*?\?>|<!DOCTYPE[^>]*>|\s)*<plist[^>]*>\s*/) ?? this.fail();
    return this.#value();
  }

  #value(): Plist {
    const tag = this.match(/<(\w+)(\/?)>/) ?? this.fail();
    const [, name, empty] = tag;
    if (name === "true" || name === "false") return name === "true";
    if (empty) return name === "dict" ? {} : name === "array" ? [] : "";
    if (name === "dict") return this.#dictionary();
    if (name === "array") return this.#array();
    const text = unescapeXml(this.match(/[^<]*/)![0]);
    this.match(new RegExp(`</${name}>\\s*`)) ?? this.fail();
    return name === "integer" || name === "real" ? Number(text) : text;
  }

  #dictionary(): Plist {
    const entries: [string, Plist][] = [];
    this.match(/\s*/);
    while (!this.match(/<\/dict>\s*/)) {
      const key = this.match(/<key>([^<]*)<\/key>\s*/) ?? this.fail();
      entries.push([unescapeXml(key[1]!), this.#value()]);
      this.match(/\s*/);
    }
    return Object.fromEntries(entries);
  }

  #array(): Plist {
    const items: Plist[] = [];
    this.match(/\s*/);
    while (!this.match(/<\/array>\s*/)) {
      items.push(this.#value());
      this.match(/\s*/);
    }
    return items;
  }
}

function unescapeXml(text: string): string {
  const names: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };
  return text.replace(/&(\w+);/g, (whole, name: string) => names[name] ?? whole);
}
