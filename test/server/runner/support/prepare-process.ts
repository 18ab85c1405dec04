/**
 * A process of its own that prepares a runner, as a server does: it prints a line of JSON for each
 * state, and for what came of it, and then waits to be ended.
 */
import { LocalRunners } from "../../../../src/runner/local-runners.ts";
import { prepareInputSchema } from "../../../../src/runner/prepare-result.ts";

const { input, env, baseEnv } = JSON.parse(process.argv[2]!) as {
  input: object;
  env: Record<string, string>;
  baseEnv: Record<string, string>;
};
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);
const runners = new LocalRunners({ baseEnv, idleSeconds: 60 });
const result = await runners.prepare(
  prepareInputSchema.parse(input),
  { env },
  { onState: ({ phase, detail }) => say({ phase, detail }) },
);
say({ result });
setInterval(() => {}, 60_000);
