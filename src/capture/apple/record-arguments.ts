/** The command line of a recording. */
import type { Strategy } from "./strategies.ts";
import { type TemplateName, templates } from "./strategy.ts";

export interface RecordPlan {
  readonly strategy: Strategy;
  /** One of ours, or the path of a `.tracetemplate`. */
  readonly template: string;
  /** Of a simulator or a device; absent for this Mac. */
  readonly device?: string;
  /** For `attach`: a process id, or a name where only that is known. */
  readonly process?: number | string;
  /** For `launch`: program and arguments. */
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** The `.trace` to be. */
  readonly output: string;
  /** Darwin notification that says that recording has begun. */
  readonly notification: string;
  readonly limitSeconds: number;
}

/** Without these stacks a leak has an address and no place in the code. */
const leaksEnvironment = { MallocStackLogging: "1" };

/** For `xcrun`. */
export function recordArguments(plan: RecordPlan): string[] {
  const { device, process, command, strategy, template } = plan;
  const args = ["xctrace", "record", "--template", templateArgument(template)];
  if (device !== undefined && strategy !== "host-wide") args.push("--device", device);
  if (strategy === "host-wide") args.push("--all-processes");
  if (strategy === "attach") args.push("--attach", String(process));
  args.push("--output", plan.output, "--no-prompt");
  args.push("--notify-tracing-started", plan.notification);
  args.push("--time-limit", `${plan.limitSeconds}s`);
  if (strategy !== "launch") return args;
  const environment = { ...(template === "leaks" && leaksEnvironment), ...plan.environment };
  for (const [name, value] of Object.entries(environment)) args.push("--env", `${name}=${value}`);
  // What follows belongs to the program.
  return [...args, "--launch", "--", ...command!];
}

export function templateArgument(template: string): string {
  return template in templates ? templates[template as TemplateName].name : template;
}
