/** Names inside the `fmt` texts by which Xcode shows processes and threads. */

/** `Main Thread 0x6458125 (Finder, pid: 751)`, with the number in brackets from Xcode 26.4 on. */
const threadForm = /^(.*?) *\(?(0x[0-9a-f]+)\)? +\((.*), pid: -?\d+\)$/i;
/** `Finder (751)` */
const processForm = /^(.*) \(-?\d+\)$/;

/** Characters that are looked at: a pattern's time can grow with their square. */
const longestLabel = 1000;

/** A thread without a name is shown by its process's: such a one keeps its number. */
export function threadName(label: string): string {
  const shown = label.slice(0, longestLabel).trim();
  const match = threadForm.exec(shown);
  if (!match) return shown;
  const [, name = "", tid = "", process] = match;
  if (name === "") return `Thread ${tid}`;
  return name === process ? `${name} ${tid}` : name;
}

export function processName(label: string): string {
  const shown = label.slice(0, longestLabel);
  return processForm.exec(shown)?.[1] ?? shown;
}
