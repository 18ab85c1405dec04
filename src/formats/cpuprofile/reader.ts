/**
 * Reads V8's CPU profiles: `.cpuprofile` files and the ones inside Chrome's traces.
 *
 * The file is streamed through `json-scanner` into columns (`raw-profile`, `trace-profiles`),
 * which `assemble` turns into the model. What the formats leave open is decided in `categorize`
 * (what a frame is), `timeline` (what a sample weighs) and `line-nodes` (self time by line).
 */
import { basename } from "node:path";
import { ProfileBuilder } from "../../profile/builder.ts";
import type { Profile } from "../../profile/profile.ts";
import { FormatError } from "../format-error.ts";
import type { FormatReader, ReadOptions } from "../reader.ts";
import { assemble } from "./assemble.ts";
import { JsonScanner, type Shape } from "./json-scanner.ts";
import { profileMembers } from "./profile-shape.ts";
import { RawProfile } from "./raw-profile.ts";
import { scanFile } from "./scan-file.ts";
import { TraceProfiles } from "./trace-profiles.ts";

/** Reads `meta.format` `cpuprofile`, and `chrome-trace` where the profile lay in a trace. */
export const cpuprofileReader: FormatReader = { format: "cpuprofile", recognizes, read };

async function read(path: string, options: ReadOptions = {}): Promise<Profile> {
  const builder = new ProfileBuilder();
  const raw = new RawProfile(builder);
  const trace = new TraceProfiles(builder);
  const scanner = new JsonScanner(path, {
    members: new Map<string, Shape>([
      ...profileMembers(raw),
      ["traceEvents", { items: trace.event }],
    ]),
    items: trace.event,
  });
  const broken = await scanFile(path, scanner, options);
  const threads = trace.threads();
  const isTrace = threads.length > 0;
  if (!isTrace) {
    if (raw.definedNodes === 0) throw broken ?? nothingFound(path, trace.hasEvents);
    threads.push({ raw, thread: { id: 0, name: "Main" } });
  }
  if (broken) {
    const message = `The file is broken off or damaged: ${broken.message} The rest was not read.`;
    builder.warn("incomplete-file", message);
  }
  const format = isTrace ? "chrome-trace" : "cpuprofile";
  return assemble(builder, threads, { format, title: basename(path) });
}

function nothingFound(path: string, isTrace: boolean): FormatError {
  return isTrace
    ? new FormatError(path, {
        expected: "a Chrome trace with a CPU profile",
        found: "a trace that was recorded without one",
        offset: 0,
      })
    : new FormatError(path, {
        expected: "a CPU profile with nodes",
        found: "JSON without any",
        offset: 0,
      });
}

/** By the members that only these formats have; by name where the head shows none of them. */
function recognizes(head: Buffer, fileName: string): boolean {
  let known = false;
  const proof = () => {
    known = true;
  };
  const numbers: Shape = { items: { number: proof } };
  const event: Shape = { members: new Map([["ph", { string: proof }]]) };
  const scanner = new JsonScanner(fileName, {
    members: new Map<string, Shape>([
      [
        "nodes",
        { items: { members: new Map([["callFrame", { members: new Map(), begin: proof }]]) } },
      ],
      ["samples", numbers],
      ["timeDeltas", numbers],
      ["traceEvents", { items: event }],
    ]),
    items: event,
  });
  try {
    scanner.scan(head, head.length);
  } catch {
    return known;
  }
  return known || (fileName.endsWith(".cpuprofile") && head.includes("{"));
}
