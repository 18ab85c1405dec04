/** Functions as answers show them, and the table of those that one answer mentions. */
import { functionPosition } from "../position.ts";
import { categories, type Profile } from "../profile.ts";
import type { FunctionInfo } from "../query.ts";

const anonymous = "(anonymous)";

export function functionName({ functions, strings }: Profile, func: number): string {
  return strings[functions.originalName[func]!] || strings[functions.name[func]!] || anonymous;
}

export function functionInfo(profile: Profile, func: number): FunctionInfo {
  const { functions, strings } = profile;
  const { url, line, column } = functionPosition(profile, func);
  return {
    id: func,
    name: functionName(profile, func),
    url,
    line,
    column,
    category: categories[functions.category[func]!]!,
    module: strings[functions.module[func]!]!,
  };
}

/** The functions that one answer mentions, each once; columns of the answer hold their index. */
export class MentionedFunctions {
  readonly list: FunctionInfo[] = [];
  readonly #indexes = new Map<number, number>();
  readonly #profile: Profile;

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  index(func: number): number {
    let index = this.#indexes.get(func);
    if (index === undefined) {
      index = this.list.push(functionInfo(this.#profile, func)) - 1;
      this.#indexes.set(func, index);
    }
    return index;
  }

  /** A row that is no function of the profile, such as "(all)". */
  pseudo(name: string): number {
    return (
      this.list.push({
        id: -1,
        name,
        url: "",
        line: 0,
        column: 0,
        category: "program",
        module: "",
      }) - 1
    );
  }
}
