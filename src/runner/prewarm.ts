/** Asks ahead what a preparation asks first, so that it finds the answers remembered. */
import type { Environment } from "../toolchain/environment.ts";
import type { Hasher } from "./hashing/hasher.ts";
import { runnerSource } from "./own-runner.ts";
import { profiles } from "./platforms.ts";
import type { PrepareInput } from "./prepare-result.ts";
import type { PrewarmAnswer } from "./provider.ts";
import { sourceFingerprint } from "./source-fingerprint.ts";
import type { Toolchains } from "./toolchain.ts";

/** Best effort: whatever goes wrong here, the preparation itself will say better. */
export async function prewarm(
  input: PrepareInput,
  { toolchains, hasher }: { readonly toolchains: Toolchains; readonly hasher: Hasher },
  { env, signal }: { readonly env: Environment; readonly signal: AbortSignal },
): Promise<PrewarmAnswer> {
  const warmed: string[] = [];
  const source = runnerSource(input);
  // Physical devices are chosen by hand: their SDK is asked for then.
  const profile = profiles.find(
    ({ platform, kind }) => platform === input.platform && kind !== "device",
  );
  try {
    if (profile) {
      await toolchains.probe(profile.sdk, env, signal);
      warmed.push("toolchain");
    }
    await sourceFingerprint({ ...source, sources: input.sources }, hasher, env, signal);
    warmed.push("sources");
    return { warmed };
  } catch (error) {
    const skipped = signal.aborted ? "A preparation came first." : (error as Error).message;
    return { warmed, skipped };
  }
}
