/** A diagnostic as compilers write it, so that terminals make links of it. */
import type { Diagnostic } from "./diagnostic.ts";

/** `/p/F.swift:12:7: error: m` */
export function diagnosticLine({ file, line, column, severity, message }: Diagnostic): string {
  const place = [file, line, column].filter((part) => part !== undefined).join(":");
  return `${place === "" ? "" : `${place}: `}${severity}: ${message}`;
}
