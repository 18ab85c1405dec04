/**
 * The module beside the one that asks, for starting threads and processes: TypeScript as it is in
 * development, a bundle of its own when shipped.
 * @param from the asking module's `import.meta.url`
 */
export function siblingModule(from: string, name: string): URL {
  return new URL(`./${name}${from.endsWith(".ts") ? ".ts" : ".js"}`, from);
}
