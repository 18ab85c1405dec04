/** Gives frames other functions: new columns where something changes, the same ones elsewhere. */
import type { FunctionTable, Profile } from "../../profile/profile.ts";

/** @param names frame → the name of its function; module and category stay. */
export function renameFrames(profile: Profile, names: ReadonlyMap<number, string>): Profile {
  const { functions, frames } = profile;
  const strings = [...profile.strings];
  const stringIds = new Map<string, number>();
  const models: number[] = [];
  const nameIds: number[] = [];
  const rows = new Map<string, number>();
  const func = frames.func.slice();
  for (const [frame, name] of names) {
    const model = func[frame]!;
    const key = `${functions.module[model]} ${functions.category[model]} ${name}`;
    let row = rows.get(key);
    if (row === undefined) {
      let id = stringIds.get(name);
      if (id === undefined) {
        id = strings.push(name) - 1;
        stringIds.set(name, id);
      }
      nameIds.push(id);
      row = functions.length + models.push(model) - 1;
      rows.set(key, row);
    }
    func[frame] = row;
  }
  const extended = withRows(functions, models);
  extended.name.set(nameIds, functions.length);
  return { ...profile, strings, functions: extended, frames: { ...frames, func } };
}

/** The table with, for each model, one more row that is like it. */
function withRows(table: FunctionTable, models: readonly number[]): FunctionTable {
  const column = <A extends Uint8Array | Uint32Array>(from: A): A => {
    const grown = new (from.constructor as new (length: number) => A)(table.length + models.length);
    grown.set(from);
    models.forEach((model, i) => {
      grown[table.length + i] = from[model]!;
    });
    return grown;
  };
  return {
    length: table.length + models.length,
    name: column(table.name),
    url: column(table.url),
    line: column(table.line),
    column: column(table.column),
    category: column(table.category),
    module: column(table.module),
    originalName: column(table.originalName),
    originalUrl: column(table.originalUrl),
    originalLine: column(table.originalLine),
    originalColumn: column(table.originalColumn),
  };
}
