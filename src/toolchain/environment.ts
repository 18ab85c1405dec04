/** Variables over a process's own environment. */
export type Environment = Readonly<Record<string, string>>;

/** As `process.env` has them, or with `undefined` for a variable that is to be taken away. */
type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Environments laid over each other, the last one on top. To Windows `Path` and `PATH` are one
 * variable, and a program that is given both sees either: it gets the last value, under the
 * spelling that stood there first.
 */
export function mergeEnvironments(
  layers: readonly Variables[],
  platform: NodeJS.Platform = process.platform,
): Record<string, string> {
  const merged = new Map<string, { readonly name: string; readonly value: string }>();
  for (const [name, value] of layers.flatMap((layer) => Object.entries(layer))) {
    const key = keyOf(name, platform);
    if (value === undefined) merged.delete(key);
    else merged.set(key, { name: merged.get(key)?.name ?? name, value });
  }
  return Object.fromEntries([...merged.values()].map(({ name, value }) => [name, value]));
}

/** How an environment spells a variable; as asked when it has none of that name. */
export function spellingOf(
  env: Variables,
  name: string,
  platform: NodeJS.Platform = process.platform,
): string {
  const key = keyOf(name, platform);
  return Object.keys(env).find((other) => keyOf(other, platform) === key) ?? name;
}

function keyOf(name: string, platform: NodeJS.Platform): string {
  return platform === "win32" ? name.toUpperCase() : name;
}
