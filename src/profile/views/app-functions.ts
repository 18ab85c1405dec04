/** Which functions are the app's own, and may be blamed: not the system's, not the runtime's. */
import { isSourceUrl } from "../lines.ts";
import { type Category, categories, type Profile } from "../profile.ts";

const appCategories: ReadonlySet<Category> = new Set(["app", "js", "wasm"]);

export function isAppFunction({ functions, strings }: Profile, func: number): boolean {
  const url = strings[functions.url[func]!]!;
  const isOwn = url === "" || isSourceUrl(url);
  return isOwn && appCategories.has(categories[functions.category[func]!]!);
}
