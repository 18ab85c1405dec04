/** What an `xctrace record` command line asks for, or why it is refused. */
import { existsSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Call } from "../call.ts";
import { type Given, readOptions, UsageError } from "../options.ts";
import { recordOptions, refusals, templates } from "../table.ts";
import { isTrace, runsOf } from "./bundle.ts";
import { findPlace, type Place } from "./devices.ts";

export interface RecordRequest {
  readonly place: Place;
  readonly target:
    | { readonly kind: "attach"; readonly wanted: string }
    | { readonly kind: "launch"; readonly command: readonly string[] }
    | { readonly kind: "all-processes" };
  /** As "Starting recording with the …" names it. */
  readonly what: string;
  readonly template: string;
  readonly instruments: readonly string[];
  readonly output: string;
  readonly appends: boolean;
  readonly limitMs?: number;
  readonly notification?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly stdout?: string;
}

const targets = ["--attach", "--launch", "--all-processes"];
const launchOnly = ["--env", "--target-stdin", "--target-stdout"];

/** @throws UsageError */
export function readRequest(call: Call, args: readonly string[]): RecordRequest {
  const given = readOptions(args, recordOptions, call.scenario.xcode);
  const chosen = targets.filter((name) => given.has(name));
  if (chosen.length > 1) throw new UsageError(refusals.targets.is);
  const forLaunch = launchOnly.some((name) => given.has(name));
  if (forLaunch && chosen[0] !== "--launch") throw new UsageError(refusals.launchOnly.is);
  if (chosen.length === 0) throw new UsageError(refusals.noTarget.is);
  const place = findPlace(call.scenario, given.one("--device"));
  if (!place) throw new UsageError(refusals.unknownDevice.is(given.one("--device")!));
  if (given.has("--target-stdin") && place.kind !== "host") {
    throw new UsageError(refusals.stdinNeedsMac.is);
  }
  const limit = given.one("--time-limit");
  const window = given.one("--window");
  if (window !== undefined) readTime(window, /^([\d.]+)(ms|s|m)$/);
  const target = targetOf(given);
  const { output, appends } = outputOf(given);
  return {
    place,
    target,
    output,
    appends,
    ...recipeOf(call, given, output),
    env: variablesOf(given.all("--env")),
    ...(limit !== undefined && { limitMs: readTime(limit, /^([\d.]+)(ms|s|m|h)$/) }),
    ...optional("notification", given.one("--notify-tracing-started")),
    ...optional("stdin", given.one("--target-stdin")),
    ...optional("stdout", given.one("--target-stdout")),
  };
}

function optional<K extends string>(name: K, value: string | undefined): { [name in K]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { [name in K]?: string };
}

function targetOf(given: Given): RecordRequest["target"] {
  if (given.has("--all-processes")) return { kind: "all-processes" };
  const wanted = given.one("--attach");
  if (wanted !== undefined) return { kind: "attach", wanted };
  const rest = given.all("--launch");
  const command = rest[0] === "--" ? rest.slice(1) : rest;
  if (command.length === 0) throw new UsageError(refusals.noCommand.is);
  return { kind: "launch", command };
}

function recipeOf(call: Call, given: Given, output: string) {
  if (given.has("--append-run")) {
    const { template, instruments } = runsOf(output)[0]!;
    return { template, instruments, what: `${template} template` };
  }
  const wanted = given.one("--template");
  const added = given.all("--instrument");
  if (wanted === undefined && added.length === 0) {
    throw new UsageError(refusals.noTemplate.is);
  }
  const known = Object.values(templates).flat();
  const unknown = added.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new UsageError(refusals.unknownInstrument.is(unknown));
  const template = wanted === undefined ? "Blank" : basename(wanted, ".tracetemplate");
  const held = wanted === undefined ? [] : instrumentsOf(call, wanted);
  const plural = added.length === 1 ? "Instrument" : "Instruments";
  const with_ = added.length > 0 ? ` and ${added.join(", ")} ${plural}` : "";
  return {
    template,
    instruments: [...held, ...added],
    what: `${template} template${with_}`,
  };
}

function instrumentsOf({ scenario }: Call, wanted: string): readonly string[] {
  const own = scenario.templates[basename(wanted, ".tracetemplate")];
  const isFile = wanted.endsWith(".tracetemplate");
  const held = isFile ? existsSync(wanted) && (own ?? []) : (own ?? templates[wanted]);
  if (!held) throw new UsageError(refusals.unknownTemplate.is(wanted));
  return held;
}

function outputOf(given: Given): { output: string; appends: boolean } {
  const wanted = resolve(given.one("--output") ?? ".");
  const appends = given.has("--append-run");
  if (appends) {
    if (!isTrace(wanted)) throw new UsageError(refusals.appendNeedsTrace.is);
    return { output: wanted, appends };
  }
  if (wanted.endsWith(".trace")) {
    if (existsSync(wanted)) throw new UsageError(refusals.outputExists.is(wanted));
    if (!isFolder(dirname(wanted))) throw new UsageError(refusals.noSuchFile.is(dirname(wanted)));
    return { output: wanted, appends };
  }
  if (!isFolder(wanted)) throw new UsageError(refusals.noSuchFile.is(wanted));
  return { output: join(wanted, uniqueName(given)), appends };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** `Launch_tool_2026-03-05_17.27.38_9CFE3A63.trace` */
function uniqueName(given: Given): string {
  const rest = given.all("--launch");
  const command = rest[0] === "--" ? rest[1] : rest[0];
  const [verb, name] = command
    ? ["Launch", basename(command)]
    : given.has("--attach")
      ? ["Attach", given.one("--attach")!]
      : ["AllProcesses", ""];
  const [day, time] = new Date().toISOString().split("T") as [string, string];
  const random = Math.floor(Math.random() * 2 ** 32);
  const parts = [
    verb,
    name,
    day,
    time.slice(0, 8).replaceAll(":", "."),
    random.toString(16).toUpperCase().padStart(8, "0"),
  ];
  return `${parts.filter((part) => part !== "").join("_")}.trace`;
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

function readTime(text: string, form: RegExp): number {
  const [, amount, unit] = form.exec(text) ?? [];
  const ms = Number(amount) * (units[unit ?? ""] ?? Number.NaN);
  if (!(ms > 0)) throw new UsageError(refusals.badTime.is(text));
  return ms;
}

function variablesOf(given: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    given.map((text) => {
      const equals = text.indexOf("=");
      if (equals < 1) throw new UsageError(refusals.badVariable.is(text));
      return [text.slice(0, equals), text.slice(equals + 1)];
    }),
  );
}
