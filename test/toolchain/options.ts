/** Reads a command line by rules of the table, and refuses what they do not allow. */
import { type Known, type OptionRule, refusals } from "./table.ts";
import { isAtLeast } from "./xcode.ts";

/** A command line the tool does not accept; the message is what it says. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export class Given {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  one(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }
}

export function readOptions(
  args: readonly string[],
  rules: Readonly<Record<string, Known<OptionRule>>>,
  version: string,
): Given {
  const values = new Map<string, string[]>();
  for (let i = 0; i < args.length; i++) {
    const name = args[i]!;
    if (!name.startsWith("-")) throw new UsageError(refusals.stray.is(name));
    const rule = Object.hasOwn(rules, name) ? rules[name]!.is : undefined;
    if (!rule || (rule.since && !isAtLeast(version, rule.since))) {
      throw new UsageError(refusals.unknownOption.is(name));
    }
    if (values.has(name) && !rule.repeats) throw new UsageError(refusals.twice.is(name));
    const held = values.get(name) ?? [];
    values.set(name, held);
    if (rule.takes === "rest") {
      held.push(...args.slice(i + 1));
      break;
    }
    if (rule.takes === "value") {
      const value = args[++i];
      if (value === undefined) throw new UsageError(refusals.noValue.is(name));
      held.push(value);
    }
  }
  return new Given(values);
}
