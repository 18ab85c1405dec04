/** `notifyutil`: registers for Darwin notifications (`-1`, `-w`) and posts them (`-p`). */
import type { Call } from "../call.ts";
import { post, register } from "../notifications.ts";
import { UsageError } from "../options.ts";
import { say } from "../output.ts";

const usage = "usage: notifyutil [-q] [-v] [-1 key | -w key | -p key]";

export async function main(call: Call): Promise<number> {
  let quiet = false;
  const waits: Promise<void>[] = [];
  for (let i = 0; i < call.args.length; i++) {
    const option = call.args[i]!;
    if (option === "-q" || option === "-v") {
      quiet = option === "-q";
      continue;
    }
    const name = call.args[++i];
    if (name === undefined) throw new UsageError(usage);
    if (option === "-p") post(call, name);
    else if (option === "-1") waits.push(once(call, name, quiet));
    else if (option === "-w") waits.push(everyTime(call, name, quiet));
    else throw new UsageError(usage);
  }
  await Promise.all(waits);
  return 0;
}

async function once(call: Call, name: string, quiet: boolean): Promise<void> {
  await register(call, name).posted;
  if (!quiet) say(name);
}

async function everyTime(call: Call, name: string, quiet: boolean): Promise<never> {
  for (;;) await once(call, name, quiet);
}
