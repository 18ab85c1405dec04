/**
 * Folded stacks, as flame-graph scripts read them: `bottom;…;top microseconds`, a line for each
 * stack that has self time. A semicolon or line break inside a name becomes a space.
 */
import type { Writable } from "node:stream";
import { noParent, type Profile } from "../../profile/profile.ts";
import { functionName } from "../../profile/views/function-info.ts";
import { writeText } from "../text-output.ts";

export function writeFolded(
  profile: Profile,
  stream: Writable,
  signal?: AbortSignal,
): Promise<void> {
  const { nodes, frames, samples } = profile;
  const self = new Float64Array(nodes.length);
  for (let i = 0; i < samples.length; i++) self[samples.node[i]!]! += samples.weight[i]!;
  const names = Array.from({ length: profile.functions.length }, (_, func) =>
    functionName(profile, func).replace(/[;\r\n]+/g, " "),
  );
  return writeText(stream, signal, async (output) => {
    for (let node = 0; node < nodes.length; node++) {
      const time = Math.round(self[node]!);
      if (time === 0) continue;
      const stack: string[] = [];
      for (let at = node; at !== noParent; at = nodes.parent[at]!) {
        stack.push(names[frames.func[nodes.frame[at]!]!]!);
      }
      await output.write(`${stack.reverse().join(";")} ${time}\n`);
    }
  });
}
