/** What a preparation is of: the device, the artifact that it takes, and where that is kept. */
import { stat } from "node:fs/promises";
import { isAbsolute } from "node:path";
import type { Environment } from "../toolchain/environment.ts";
import { type BuildPlan, buildSettings } from "./build-arguments.ts";
import { type ArtifactMetadata, cacheKey } from "./cache/cache-key.ts";
import { canonicalJson, sha256 } from "./cache/canonical.ts";
import { findDestination } from "./destinations.ts";
import type { Hasher } from "./hashing/hasher.ts";
import { runnerSource } from "./own-runner.ts";
import { type Places, placesOf } from "./places.ts";
import { deviceKey } from "./platforms.ts";
import type { PrepareInput } from "./prepare-result.ts";
import { RunnerError } from "./runner-error.ts";
import { sourceFingerprint } from "./source-fingerprint.ts";
import type { Toolchains } from "./toolchain.ts";

export interface PreparePlan extends BuildPlan {
  readonly input: PrepareInput;
  readonly env: Environment;
  readonly places: Places;
  readonly deviceKey: string;
  readonly key: string;
  readonly metadata: ArtifactMetadata;
  readonly test: string;
  /** Equal for two that can share one preparation. */
  readonly what: string;
}

export interface Planner {
  readonly toolchains: Toolchains;
  readonly hasher: Hasher;
  readonly baseEnv: NodeJS.ProcessEnv;
}

interface Options {
  readonly env: Environment;
  readonly signal: AbortSignal;
  readonly onDetail?: (detail: string) => void;
}

/** @throws RunnerError */
export async function planPreparation(
  input: PrepareInput,
  { toolchains, hasher, baseEnv }: Planner,
  { env, signal, onDetail = () => {} }: Options,
): Promise<PreparePlan> {
  const source = runnerSource(input);
  await checkProject(source.project, input);
  onDetail("Looking for the device");
  const destination = await findDestination(input, { env, signal });
  checkReach(destination);
  onDetail("Asking which Xcode there is");
  const toolchain = await toolchains.probe(destination.profile.sdk, env, signal);
  onDetail("Reading the runner's sources");
  const sources = { ...source, sources: input.sources };
  const build: BuildPlan = { ...source, destination, settings: input.settings };
  const { platform, kind, family, buildOptions } = destination.profile;
  const metadata: ArtifactMetadata = {
    source: await sourceFingerprint(sources, hasher, env, signal),
    ...toolchain,
    platform,
    kind,
    family,
    scheme: source.scheme,
    buildOptions: [...buildOptions],
    buildSettings: buildSettings(build),
  };
  const key = cacheKey(metadata);
  const places = placesOf(input.cacheDir, baseEnv);
  const device = deviceKey(destination);
  const { test } = source;
  const what = { device, key, cache: places.cache, test, clean: input.clean };
  return {
    ...build,
    input,
    env,
    places,
    deviceKey: device,
    key,
    metadata,
    test,
    what: sha256(canonicalJson(what)),
  };
}

async function checkProject(project: string, input: PrepareInput): Promise<void> {
  if ((input.project === undefined) !== (input.scheme === undefined)) {
    throw new RunnerError(
      "bad-input",
      "caller",
      "A project needs a scheme, and a scheme a project.",
    );
  }
  const relative = [project, input.cacheDir, ...input.sources].find(
    (path) => path !== undefined && !isAbsolute(path),
  );
  if (relative !== undefined) {
    throw new RunnerError("bad-input", "caller", `${relative} is no absolute path.`);
  }
  if (!/\.(?:xcodeproj|xcworkspace)$/.test(project)) {
    const message = `${project} is no .xcodeproj and no .xcworkspace.`;
    throw new RunnerError("bad-input", "caller", message);
  }
  const isThere = await stat(project).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  if (!isThere) throw new RunnerError("no-project", "caller", `There is no ${project}.`);
}

/** Nothing is built for a device that nobody could reach then. */
function checkReach({ profile, name }: BuildPlan["destination"]): void {
  if (profile.reach === "loopback") return;
  const message =
    `A runner on ${name} listens on that device only, and nothing of ours forwards its port yet: ` +
    "choose a simulator.";
  throw new RunnerError("not-reachable", "environment", message);
}
