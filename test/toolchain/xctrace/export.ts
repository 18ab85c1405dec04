/** `xctrace export`: the toc, or what an XPath selects in it. */
import { closeSync, existsSync, openSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ExportSpec } from "../../generators/xctrace.ts";
import { type Call, forever } from "../call.ts";
import { readOptions, UsageError } from "../options.ts";
import { complain, pour, say } from "../output.ts";
import type { FaultKind } from "../scenario-types.ts";
import {
  exitCodes,
  exportNamesTrace,
  exportOptions,
  lines,
  refusals,
  tocNoiseBytes,
} from "../table.ts";
import { bigTable, pipeBigTable, writeBigTable } from "../trace/big-table.ts";
import { writeQuery } from "../trace/query.ts";
import { type TocElement, tocOf, writeToc } from "../trace/toc.ts";
import { select, XpathError } from "../trace/xpath.ts";
import { isAtLeast } from "../xcode.ts";
import { isTrace, runsOf } from "./bundle.ts";
import { noise } from "./noise.ts";

export async function exportTrace(call: Call, args: readonly string[]): Promise<number> {
  const { trace, options } = namedTrace(call, args);
  const given = readOptions(options, exportOptions, call.scenario.xcode);
  const input = given.one("--input") ?? trace;
  if (input === undefined) throw new UsageError(refusals.noInput.is);
  const modes = ["--toc", "--xpath", "--har"].filter((name) => given.has(name));
  if (modes.length !== 1) throw new UsageError(refusals.exportModes.is);
  if (!existsSync(input)) return fail(refusals.noSuchFile.is(resolve(input)));
  await call.pause("exporting");
  if (!isTrace(input)) return fail(lines.unfinished.is);
  if (given.has("--har")) return fail(refusals.noHar.is);

  const toc = tocOf(runsOf(input), call.scenario.trace);
  const xpath = given.one("--xpath");
  const { document, fault } = xpath === undefined ? wholeToc(call, toc) : query(call, toc, xpath);
  if (xpath === undefined) await makeNoise(call);
  return deliver(call, document, given.one("--output"), fault);
}

/** A trace that stands before the options, where the version takes it. */
function namedTrace({ scenario }: Call, args: readonly string[]) {
  const [first] = args;
  const isNamed = first !== undefined && !first.startsWith("-");
  if (!isNamed || !isAtLeast(scenario.xcode, exportNamesTrace.is)) return { options: args };
  return { trace: first, options: args.slice(1) };
}

interface Answer {
  readonly document: Iterable<string> | ExportSpec;
  readonly fault: FaultKind | undefined;
}

function wholeToc(call: Call, toc: TocElement): Answer {
  return { document: writeToc(toc), fault: call.faultOf("toc", call.scenario.export.toc) };
}

function query(call: Call, toc: TocElement, xpath: string): Answer {
  try {
    const found = select(toc, xpath);
    const faults = found.map(({ element: { attributes } }) => {
      const name = attributes["schema"] ?? attributes["name"] ?? "";
      return call.faultOf(`table ${name}`, call.scenario.export.tables?.[name]);
    });
    return {
      document: bigTable(found, call.scenario.trace) ?? writeQuery(found, call.scenario.trace),
      fault: faults.find((each) => each !== undefined),
    };
  } catch (error) {
    if (error instanceof XpathError) throw new UsageError(refusals.badXpath.is(xpath));
    throw error;
  }
}

async function makeNoise(call: Call): Promise<void> {
  const { tocNoise = 0 } = call.scenario.export;
  await pour("stderr", noise(tocNoise === true ? tocNoiseBytes.is : tocNoise));
}

async function deliver(
  call: Call,
  document: Answer["document"],
  output: string | undefined,
  fault: FaultKind | undefined,
): Promise<number> {
  switch (fault) {
    case "hangs":
      return forever();
    case "crashes":
      return call.endBy("SIGTRAP");
    case "exits-133":
      return exitCodes.crashed.is;
    case "fails":
      return fail(lines.exportFailed.is);
    case "says-nothing":
      return 0;
    case "stops-midway":
      await write(call, half(document), output);
      return call.endBy("SIGTRAP");
    case "disk-full":
      await write(call, half(document), output);
      return fail(lines.diskFull.is);
    default:
  }
  await write(call, document, output);
  if (output !== undefined) say(lines.exported.is(output));
  return 0;
}

async function write(
  call: Call,
  document: Answer["document"],
  output: string | undefined,
): Promise<void> {
  if (!(Symbol.iterator in document)) {
    if (output !== undefined) return writeBigTable(output, document);
    const path = join(call.folder, `big-${process.pid}.xml`);
    return pipeBigTable(path, document, (parts) => pour("stdout", parts));
  }
  if (output === undefined) return pour("stdout", document);
  const file = openSync(output, "w");
  await pour(file, document);
  closeSync(file);
}

/** Cut in the middle of an element; a big table, to half its size. */
function half(document: Answer["document"]): Answer["document"] {
  if (!(Symbol.iterator in document)) return { ...document, bytes: document.bytes / 2 };
  const text = [...document].join("");
  return [text.slice(0, Math.floor(text.length / 2))];
}

function fail(message: string): number {
  complain(message);
  return exitCodes.exportFailed.is;
}
