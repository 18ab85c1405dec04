/** Bytes from a text as Instruments shows it: `32 Bytes`, `1,024 Bytes`, `1.5 KB`, `2.00 MiB`. */

/** Instruments counts memory in steps of 1,024, by either name. */
const units: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  byte: 1,
  bytes: 1,
  kb: 1024,
  kib: 1024,
  mb: 1024 ** 2,
  mib: 1024 ** 2,
  gb: 1024 ** 3,
  gib: 1024 ** 3,
  tb: 1024 ** 4,
  tib: 1024 ** 4,
};

/** NaN for what is none. */
export function parseByteSize(text: string): number {
  const match = /^\s*(\d(?:[\d.,'\s]*\d)?)\s*([a-z]*)\s*$/i.exec(text);
  const unit = units[match?.[2]?.toLowerCase() ?? "?"];
  if (!match || unit === undefined) return Number.NaN;
  const digits = match[1]!;
  // There are no parts of bytes: whatever stands between their digits separates thousands.
  if (unit === 1) return Number(digits.replaceAll(/\D/g, ""));
  return Math.round(parseShown(digits) * unit);
}

function parseShown(digits: string): number {
  const plain = digits.replaceAll(/[\s']/g, "");
  const hasGroups = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(plain);
  return Number(hasGroups ? plain.replaceAll(",", "") : plain.replace(",", "."));
}
