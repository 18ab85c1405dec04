/** What a profile is stored under. */
import { PushError } from "./push-error.ts";

export type Labels = Readonly<Record<string, string>>;

/**
 * @param text `name=value`
 * @throws PushError `bad-label`
 */
export function parseLabel(text: string): readonly [name: string, value: string] {
  const [, name, value] = /^([A-Za-z_]\w{0,99})=([^{}=,"\n]{1,200})$/.exec(text) ?? [];
  if (name === undefined || value === undefined || name.startsWith("__")) {
    const form =
      'name=value, with letters, digits and "_" in the name and none of {}=," in the value';
    throw new PushError("bad-label", `${JSON.stringify(text)}: expected ${form}.`);
  }
  return [name, value];
}

/** @throws PushError `bad-label` */
export function checkName(name: string): string {
  if (/^[\w./:-]{1,200}$/.test(name)) return name;
  const form = "letters, digits and any of . / : _ -";
  throw new PushError("bad-label", `${JSON.stringify(name)}: expected a name of ${form}.`);
}
