/** Which scripts were seen running: only their maps are worth reading. */
import { groupRows } from "../../profile/csr.ts";
import { isSourceUrl } from "../../profile/lines.ts";
import { noParent, type Profile } from "../../profile/profile.ts";

export interface Script {
  readonly url: string;
  /** Rows that stand in it, with or without samples. */
  readonly functions: Uint32Array;
  readonly frames: Uint32Array;
}

/** The scripts with a function on a stack of a sample. */
export function sampledScripts(profile: Profile): Script[] {
  const { strings, functions, frames } = profile;
  const urlOfFrame = frames.func.map((func) => functions.url[func]!);
  const functionsOf = groupRows(functions.url, strings.length);
  const framesOf = groupRows(urlOfFrame, strings.length);
  const rowsOf = ({ start, rows }: typeof framesOf, url: number) =>
    rows.subarray(start[url], start[url + 1]);
  const isSampled = sampledUrls(profile, urlOfFrame);
  return strings.flatMap((url, id) =>
    isSampled[id] && isSourceUrl(url)
      ? { url, functions: rowsOf(functionsOf, id), frames: rowsOf(framesOf, id) }
      : [],
  );
}

/** 1 for each string that is the URL of a function on a stack of a sample. */
function sampledUrls({ samples, nodes, strings }: Profile, urlOfFrame: Uint32Array): Uint8Array {
  const sampled = new Uint8Array(nodes.length);
  for (const node of samples.node) sampled[node] = 1;
  const urls = new Uint8Array(strings.length);
  // Parents have smaller indexes, so going down marks each before it is met.
  for (let node = nodes.length - 1; node >= 0; node--) {
    if (sampled[node] === 0) continue;
    const parent = nodes.parent[node]!;
    if (parent !== noParent) sampled[parent] = 1;
    urls[urlOfFrame[nodes.frame[node]!]!] = 1;
  }
  return urls;
}
