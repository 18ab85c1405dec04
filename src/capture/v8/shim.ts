/**
 * A private folder whose `node`, first on PATH, runs the real one with V8's sampler on. The
 * sampler's flag is refused in NODE_OPTIONS, and a program may start Node in many ways:
 *
 * - By name, as npm scripts, `npx`, `#!/usr/bin/env node` and shells do: PATH leads to the shim.
 * - By `process.execPath`, as test runners, `tsx`, `fork` and `cluster` do: a preloaded hook puts
 *   the shim's path there. It also takes V8's flags out of `process.execArgv`, because
 *   `new Worker(file, { execArgv: process.execArgv })` refuses them; those of the CPU profiler
 *   stay, because that worker needs them.
 * - Past all that, by another absolute path: the hook is still loaded, by NODE_OPTIONS, and
 *   leaves a record that says that this process is not profiled.
 *
 * In a session that is watched, the hook also lets the main thread show that it turns: by touching
 * a file, twice a second, with a timer that keeps no program alive.
 *
 * The same records give the profiles their titles. Package managers run, but unprofiled: nobody
 * asks about npm's own time. A process started with an environment of its own is not seen.
 *
 * Windows resolves only `node.exe` without a shell, so there the shim serves shells (as npm
 * scripts) and `process.execPath` stays as it is; `fork` then inherits our flags by `execArgv`.
 */

import { existsSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";
import { type Environment, spellingOf } from "../../toolchain/environment.ts";
import { hookName } from "../../toolchain/hook-name.ts";
import { CaptureError } from "../capture-error.ts";

export type Sampler = "prof" | "cpu-prof";

/** Folder below a capture's own in which each process leaves its record, `<pid>.json`. */
export const processesFolder = "processes";

/** Folder in which each main thread touches its file, named by the pid, as long as it turns. */
export const beatsFolder = "beats";
const beatMs = 500;

/** What the hook writes. */
export interface ProcessRecord {
  readonly pid: number;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly profiled: boolean;
}

/** Base names of the scripts that start a package manager. */
const packageManagers = ["npm", "npx", "pnpm", "pnpx", "yarn", "yarnpkg", "corepack"].flatMap(
  (name) => [name, `${name}.js`, `${name}.cjs`, `${name}-cli.js`],
);

/**
 * What the real Node is given so that it leaves its profile in `directory`. V8 expands `%p` to the
 * process and `%t` to the time, and would expand others. Without the time a worker thread takes
 * over the log of one that ended at the same address: welcome only where no more than the logs of
 * the threads that run are wanted.
 */
export function samplerFlags({ sampler, directory, isWatched }: SamplerOptions): string[] {
  if (sampler === "cpu-prof") return ["--cpu-prof", `--cpu-prof-dir=${directory}`];
  const name = isWatched ? "%p-v8.log" : "%p-%t-v8.log";
  return ["--prof", `--logfile=${join(directory.replaceAll("%", "%%"), name)}`];
}

export interface SamplerOptions {
  /** Absolute path of the folder for the profiles; the shim is a folder below it. */
  readonly directory: string;
  readonly sampler: Sampler;
  /** Main threads show that they turn. */
  readonly isWatched: boolean;
}

export interface ShimOptions extends SamplerOptions {
  /** The environment and working folder that the program would have without us. */
  readonly env: Environment;
  readonly cwd: string;
  /** Absolute path of the Node to run; the next on PATH by default. */
  readonly node?: string;
}

/**
 * Writes the shim and gives the variables that put it to work.
 * @throws CaptureError `unusable-folder` when PATH cannot hold the folder.
 */
export async function writeShim(shimOptions: ShimOptions): Promise<Environment> {
  const { directory, env, cwd, node, isWatched } = shimOptions;
  const shim = join(directory, "shim");
  if (shim.includes(delimiter)) {
    const problem = `${directory} has a "${delimiter}" in it, which PATH cannot hold`;
    throw new CaptureError("unusable-folder", `${problem}: choose another folder for captures.`);
  }
  await mkdir(shim, { recursive: true, mode: 0o700 });
  await mkdir(join(directory, processesFolder), { recursive: true, mode: 0o700 });
  const beats = isWatched ? join(directory, beatsFolder) : undefined;
  if (beats !== undefined) await mkdir(beats, { recursive: true, mode: 0o700 });
  const flags = samplerFlags(shimOptions);
  const hook = join(shim, hookName);
  await writeFile(hook, hookScript({ directory, shim, flags, beats }));
  const options = `--require ${quotedForNodeOptions(hook)}`;
  const path = spellingOf(env, "PATH");
  const nodeOptions = spellingOf(env, "NODE_OPTIONS");
  const variables = {
    [path]: [shim, env[path]].filter(Boolean).join(delimiter),
    [nodeOptions]: [env[nodeOptions], options].filter(Boolean).join(" "),
  };
  if (process.platform === "win32") {
    await writeFile(join(shim, "node.cmd"), windowsShim(flags, node));
    return variables;
  }
  await writeExecutable(join(shim, "node"), posixShim(shim, flags, node));
  if (!hasNodeInBin(cwd)) return variables;
  const shell = env["npm_config_script_shell"] || "/bin/sh";
  await writeExecutable(join(shim, "sh"), scriptShell(shim, shell));
  return { ...variables, npm_config_script_shell: join(shim, "sh") };
}

/**
 * npm puts every `node_modules/.bin` up to the root before our folder, and a project that pins
 * its Node has a `node` there. The shell that npm runs scripts with can put ours back in front;
 * it is left alone elsewhere, as it replaces one that an `.npmrc` may set.
 */
function hasNodeInBin(cwd: string): boolean {
  if (existsSync(join(cwd, "node_modules", ".bin", "node"))) return true;
  return dirname(cwd) !== cwd && hasNodeInBin(dirname(cwd));
}

async function writeExecutable(path: string, text: string): Promise<void> {
  await writeFile(path, text);
  await chmod(path, 0o700);
}

function posixShim(shim: string, flags: readonly string[], node: string | undefined): string {
  const found = node
    ? `node=${quoted(node)}`
    : `set -f
IFS=:
for folder in $PATH; do
  [ -e "$folder/${hookName}" ] && continue
  [ -f "$folder/node" ] && [ -x "$folder/node" ] && node=$folder/node && break
done
unset IFS
set +f
[ -n "$node" ] || { echo "node: not found on PATH behind ${basename(shim)}" >&2; exit 127; }`;
  return `#!/bin/sh
# Written by Hangscope for one capture: runs the real node with V8's sampler on.
node=
${found}
case "\${1##*/}" in
  ${packageManagers.join("|")}) exec "$node" "$@" ;;
  *) exec "$node" ${flags.map(quoted).join(" ")} "$@" ;;
esac
`;
}

function scriptShell(shim: string, shell: string): string {
  return `#!/bin/sh
# Written by Hangscope for one capture: the shell for npm scripts, with the shim first on PATH.
PATH=${quoted(shim)}:$PATH
export PATH
exec ${quoted(shell)} "$@"
`;
}

function windowsShim(flags: readonly string[], node: string | undefined): string {
  const found = node
    ? `set "NODE_EXE=${node.replaceAll("%", "%%")}"`
    : `for %%i in (node.exe) do set "NODE_EXE=%%~$PATH:i"`;
  return [
    "@echo off",
    "rem Written by Hangscope for one capture: runs the real node with V8's sampler on.",
    "setlocal",
    found,
    `"%NODE_EXE%" ${flags.map((flag) => `"${flag.replaceAll("%", "%%")}"`).join(" ")} %*`,
    "",
  ].join("\r\n");
}

interface HookOptions {
  readonly directory: string;
  readonly shim: string;
  readonly flags: readonly string[];
  readonly beats: string | undefined;
}

/**
 * Runs in every Node process before the program, Node 18 and newer: nothing it does may fail the
 * program. A CPU profile is written on exit only, so an interrupt that nobody else handles is
 * made an exit.
 */
function hookScript({ directory, shim, flags, beats }: HookOptions): string {
  const constants = JSON.stringify({
    beats,
    beatMs,
    records: join(directory, processesFolder),
    shim: process.platform === "win32" ? undefined : join(shim, "node"),
    flags,
    packageManagers,
  });
  return `"use strict";
try {
  const { beats, beatMs, records, shim, flags, packageManagers } = ${constants};
  const { basename, join } = require("path");
  const { isMainThread } = require("worker_threads");
  const profiled = process.execArgv.includes(flags[0]);
  if (!packageManagers.includes(basename(process.argv[1] || ""))) {
    if (isMainThread) {
      const { pid, argv } = process;
      const record = { pid, argv: argv.slice(0, 20), cwd: process.cwd(), profiled };
      const { utimesSync, writeFileSync } = require("fs");
      writeFileSync(join(records, pid + ".json"), JSON.stringify(record));
      if (beats) {
        // The program may put its own in the place of these later.
        const { now } = Date;
        const file = join(beats, String(pid));
        writeFileSync(file, "");
        setInterval(() => {
          try {
            const seconds = now() / 1000;
            utimesSync(file, seconds, seconds);
          } catch {}
        }, beatMs).unref();
      }
    }
    if (shim) process.execPath = shim;
    if (shim && flags[0] === "--prof") {
      process.execArgv = process.execArgv.filter((flag) => !flags.includes(flag));
    }
    if (isMainThread && profiled && flags[0] === "--cpu-prof") {
      const { signals } = require("os").constants;
      for (const signal of ["SIGINT", "SIGTERM"]) {
        process.on(signal, () => {
          if (process.listenerCount(signal) === 1) process.exit(128 + signals[signal]);
        });
      }
    }
  }
} catch {}
`;
}

/** As one word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function quotedForNodeOptions(path: string): string {
  return `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}
