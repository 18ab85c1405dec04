/** The colour of every box of a scene: its function's, faded where it is not what is looked for. */
import { mix, pack, type Rgb } from "../color/oklch.ts";
import { functionColor, type ThemeKind } from "../color/palette.ts";
import type { Scene } from "./scene.ts";

export interface Look {
  readonly theme: ThemeKind;
  readonly background: Rgb;
  /** Ids of the functions that a search found; undefined when nothing is searched. */
  readonly matches: ReadonlySet<number> | undefined;
}

export interface Paint {
  /** Packed, by box. */
  readonly colors: Uint32Array;
  /** 1 where a box's text is faded too, by box. */
  readonly faded: Uint8Array;
}

const fade = { search: 0.72, ancestor: 0.45 };

export function paintScene(scene: Scene, { theme, background, matches }: Look): Paint {
  const { boxes, functions, ancestors } = scene;
  const plain = functions.map((func) => functionColor(func, theme));
  const found = functions.map(({ id }) => !matches || matches.has(id));
  const ofFunction = Uint32Array.from(plain, (color, func) =>
    pack(found[func] ? color : mix(color, background, fade.search)),
  );
  const colors = Uint32Array.from(boxes.func, (func) => ofFunction[func]!);
  const faded = Uint8Array.from(boxes.func, (func) => (found[func] ? 0 : 1));
  for (let box = 0; box < ancestors; box++) {
    if (faded[box]) continue;
    colors[box] = pack(mix(plain[boxes.func[box]!]!, background, fade.ancestor));
  }
  return { colors, faded };
}
