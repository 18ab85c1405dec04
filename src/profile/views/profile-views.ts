/** Answers queries about one profile, keeping what the last few filters worked out. */
import type { Profile } from "../profile.ts";
import type { Answer, AnswerTo, Filter, Query } from "../query.ts";
import { Slice } from "../slice.ts";
import { Structure } from "../structure.ts";
import { fileView } from "./file.ts";
import { findings } from "./findings.ts";
import { flame, sandwich } from "./flame.ts";
import { framesView } from "./frames.ts";
import { hottest } from "./hottest.ts";
import { report } from "./report.ts";
import { stacksView } from "./stacks.ts";
import { search, summary, timeline } from "./summary.ts";
import { functionTable, tableChildren } from "./table.ts";

const keptSlices = 3;

export class ProfileViews {
  readonly #profile: Profile;
  #structure: Structure | undefined;
  /** Least recently used first. */
  readonly #slices = new Map<string, Slice>();

  constructor(profile: Profile) {
    this.#profile = profile;
  }

  /** @throws QueryError for a node or function that the profile does not have. */
  answer<Q extends Query>(query: Q): AnswerTo<Q["kind"]>;
  answer(query: Query): Answer {
    // Not sooner: a profile may be replaced before anybody asks for it.
    this.#structure ??= new Structure(this.#profile);
    const structure = this.#structure;
    switch (query.kind) {
      case "summary":
        return summary(structure, this.#slice(structure, query.filter));
      case "flame":
        return flame(structure, this.#slice(structure, query.filter), query);
      case "sandwich":
        return sandwich(structure, this.#slice(structure, query.filter), query);
      case "functions":
        return functionTable(structure, this.#slice(structure, query.filter), query);
      case "children":
        return tableChildren(structure, this.#slice(structure, query.filter), query);
      case "file":
        return fileView(structure, this.#slice(structure, query.filter), query);
      case "hottest":
        return hottest(structure, this.#slice(structure, query.filter), query);
      case "report":
        return report(structure, this.#slice(structure, query.filter), query);
      case "stacks":
        return stacksView(this.#profile, query);
      case "frames":
        return framesView(this.#profile, query);
      case "search":
        return search(structure, this.#slice(structure, query.filter), query);
      case "findings":
        return findings(structure, this.#slice(structure, query.filter), query);
      case "timeline":
        return timeline(structure, query);
    }
  }

  #slice(structure: Structure, filter: Filter): Slice {
    const key = JSON.stringify([filter.thread, filter.from, filter.to, filter.includeIdle]);
    const slice = this.#slices.get(key) ?? new Slice(structure, filter);
    this.#slices.delete(key);
    this.#slices.set(key, slice);
    if (this.#slices.size > keptSlices) {
      const [oldest] = this.#slices.keys();
      this.#slices.delete(oldest!);
    }
    return slice;
  }
}
