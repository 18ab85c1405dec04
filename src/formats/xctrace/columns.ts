/** Which cell of a row holds what. Cells are positional: only a table's header tells. */

export const otherRole = 0;
export const timeRole = 1;
export const threadRole = 2;
export const processRole = 3;
export const stateRole = 4;
export const weightRole = 5;
export const stackRole = 6;

/** As in a header: `<col><mnemonic/><name/><engineering-type/></col>`. */
export interface Column {
  readonly mnemonic: string;
  readonly type: string;
}

interface Role {
  readonly role: number;
  readonly mnemonic: string;
}

/** By engineering type, and what Xcode calls the column that we mean. */
const roles: ReadonlyMap<string, Role> = new Map([
  ["sample-time", { role: timeRole, mnemonic: "time" }],
  ["thread", { role: threadRole, mnemonic: "thread" }],
  ["process", { role: processRole, mnemonic: "process" }],
  ["thread-state", { role: stateRole, mnemonic: "thread-state" }],
  ["weight", { role: weightRole, mnemonic: "weight" }],
  ["cycle-weight", { role: weightRole, mnemonic: "weight" }],
  ["backtrace", { role: stackRole, mnemonic: "stack" }],
  ["tagged-backtrace", { role: stackRole, mnemonic: "stack" }],
]);

/** A role for each column, each role once: of two candidates that with the mnemonic, or the first. */
export function rolesOf(columns: readonly Column[]): Uint8Array {
  const found = new Uint8Array(columns.length);
  const taken = new Map<number, number>();
  for (const [i, { mnemonic, type }] of columns.entries()) {
    const known = roles.get(type);
    if (!known) continue;
    const before = taken.get(known.role);
    if (before !== undefined && mnemonic !== known.mnemonic) continue;
    if (before !== undefined) found[before] = otherRole;
    taken.set(known.role, i);
    found[i] = known.role;
  }
  return found;
}
