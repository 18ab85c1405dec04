/** Command lines as people tell them apart. */

/** Names instead of paths, cut to what fits: the end of a path says more than its start. */
export function shortCommand(commandLine: string, longest = 80): string {
  const names = commandLine
    .split(/\s+/)
    .map((part) => part.replace(/^.*[\\/](?=[^\\/])/, ""))
    .join(" ");
  return names.length > longest ? `${names.slice(0, longest - 1)}…` : names;
}
