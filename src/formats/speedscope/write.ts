/**
 * speedscope's own file format, one sampled profile for each thread.
 * Source: https://www.speedscope.app/file-format-schema.json
 */
import type { Writable } from "node:stream";
import { noParent, type Profile } from "../../profile/profile.ts";
import { shownFunction } from "../shown-function.ts";
import { indexes, writeText } from "../text-output.ts";

export function writeSpeedscope(
  profile: Profile,
  stream: Writable,
  signal?: AbortSignal,
): Promise<void> {
  const { meta, functions, threads } = profile;
  return writeText(stream, signal, async (output) => {
    await output.write(
      `{"$schema":"https://www.speedscope.app/file-format-schema.json","exporter":"hangscope","name":${JSON.stringify(meta.title)},"shared":{"frames":[`,
    );
    await output.items(indexes(functions.length), (func) => {
      const { name, url, line, column } = shownFunction(profile, func);
      return JSON.stringify({
        name,
        ...(url !== "" && { file: url }),
        ...(line > 0 && { line }),
        ...(column > 0 && { col: column }),
      });
    });
    await output.write(`]},"profiles":[`);
    for (const [thread, { name }] of threads.entries()) {
      const rows = () => threadRows(profile, thread);
      const head = { type: "sampled", name, unit: "microseconds", startValue: 0 };
      await output.write(
        `${thread === 0 ? "" : ","}${JSON.stringify(head).slice(0, -1)},"endValue":${meta.duration},"samples":[`,
      );
      await output.items(rows(), (row) => JSON.stringify(stackOf(profile, row)));
      await output.write(`],"weights":[`);
      await output.items(rows(), (row) => String(profile.samples.weight[row]!));
      await output.write("]}");
    }
    await output.write("]}");
  });
}

function* threadRows({ samples }: Profile, thread: number): Generator<number> {
  for (let row = 0; row < samples.length; row++) if (samples.thread[row] === thread) yield row;
}

/** Function indexes, bottom of the stack first. */
function stackOf({ samples, nodes, frames }: Profile, row: number): number[] {
  const stack: number[] = [];
  for (let node = samples.node[row]!; node !== noParent; node = nodes.parent[node]!) {
    stack.push(frames.func[nodes.frame[node]!]!);
  }
  return stack.reverse();
}
