/** Writes one profile in another format, for `symbolize` and `convert`. */
import { resolve } from "node:path";
import type { WriteOptions, WriterFormat } from "../formats/writer-formats.ts";
import type { TaskOptions } from "../toolchain/progress.ts";
import { analyze } from "./analysis.ts";
import { CliError, exitCodes } from "./failure.ts";
import { describeWarning } from "./table.ts";
import { withProfile } from "./with-profile.ts";

/** @returns what was lost in reading, in words. */
export async function writeProfile(
  file: string,
  format: WriterFormat,
  output: string,
  task: TaskOptions,
  options: WriteOptions = {},
): Promise<string[]> {
  if (resolve(file) === resolve(output)) {
    throw new CliError(`${output} is the file to read: choose another output.`, exitCodes.usage);
  }
  return withProfile(file, task, async (profile) => {
    task.onProgress?.({ message: `Writing ${output}` });
    await profile.write(format, resolve(output), task, options);
    const { warnings } = await analyze(profile, 1, task);
    return warnings.map(describeWarning);
  });
}
