/** The formats that are JSON, or begin as it does. */
import { cpuprofileReader } from "./cpuprofile/reader.ts";
import { hangReader } from "./hang-capture/reader.ts";
import type { FormatReader } from "./reader.ts";
import { traceExportReader } from "./trace-export/reader.ts";

export const jsonReaders: readonly FormatReader[] = [
  traceExportReader,
  hangReader,
  cpuprofileReader,
];
