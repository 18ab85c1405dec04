/** The active profile's hottest functions with the files they stand in, worked out once. */
import * as vscode from "vscode";
import type { HangAccount } from "../../src/profile/evidence.ts";
import type { WeightUnit } from "../../src/profile/profile.ts";
import type { HangFinding, HotFunction, LeakFinding } from "../../src/profile/query.ts";
import type { ActiveProfile, ProfileHandle } from "../app.ts";
import { isCancellation } from "../commands.ts";
import { findSource } from "./source-files.ts";

export interface Findings {
  readonly profile: ProfileHandle;
  /** Microseconds of the whole profile, idle time left out. */
  readonly total: number;
  readonly weightUnit: WeightUnit;
  /** By self time, the hottest first; those without a file here too. */
  readonly functions: readonly HotFunction[];
  /** Of recordings that look for them. */
  readonly hangs: readonly HangFinding[];
  readonly leaks: readonly LeakFinding[];
  /** Of captures of a hang. */
  readonly account: HangAccount | undefined;
  /** The file here of a URL in `functions`. */
  fileOf(url: string): vscode.Uri | undefined;
  /** What the profile calls a file of this machine; nothing for files that are not hot. */
  urlOf(uri: vscode.Uri): string | undefined;
}

const limit = 100;
const minShare = 0.001;

export class ActiveFindings implements vscode.Disposable {
  readonly #active: ActiveProfile;
  readonly #log: vscode.LogOutputChannel;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  /** Other findings than before; `current` gives them. */
  readonly onDidChange = this.#changed.event;
  #profileChange: vscode.Disposable | undefined;
  /** Rejects when the question failed. */
  #asked: Promise<Findings | undefined> | undefined;
  #current: Promise<Findings | undefined> | undefined;

  constructor(active: ActiveProfile, log: vscode.LogOutputChannel) {
    this.#active = active;
    this.#log = log;
    this.#subscription = active.onDidChange((profile) => {
      this.#profileChange?.dispose();
      this.#profileChange = profile?.onDidChange(() => this.#refresh());
      this.#refresh();
    });
  }

  /** Nothing while no profile is active, and when it could not be asked. */
  get current(): Promise<Findings | undefined> {
    this.#current ??= this.#ask().catch(() => undefined);
    return this.#current;
  }

  /**
   * As `current`; what could not be asked is asked again, for all who listen.
   * @throws what the question failed with, when it failed again.
   */
  async insist(): Promise<Findings | undefined> {
    const findings = await this.current;
    if (findings || !this.#active.current) return findings;
    this.#refresh();
    return this.#ask();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#profileChange?.dispose();
    this.#changed.dispose();
  }

  #refresh(): void {
    this.#asked = undefined;
    this.#current = undefined;
    this.#changed.fire();
  }

  #ask(): Promise<Findings | undefined> {
    this.#asked ??= this.#find();
    return this.#asked;
  }

  async #find(): Promise<Findings | undefined> {
    const profile = this.#active.current;
    if (!profile) return undefined;
    try {
      const [{ functions, total, weightUnit }, { hangs, leaks, account }] = await Promise.all([
        profile.query({ kind: "hottest", limit, minShare }),
        profile.query({ kind: "findings" }),
      ]);
      const urls = functions.flatMap(({ url, lines, callers }) => [
        url,
        ...lines.map((line) => line.url),
        ...callers.flatMap((caller) => [caller.url, caller.callUrl]),
      ]);
      for (const { stack } of hangs.found) urls.push(...stack.map(({ frameUrl }) => frameUrl));
      for (const { place } of leaks.groups) if (place) urls.push(place.url);
      const files = await findSources(new Set(urls));
      const urlOfFile = new Map([...files].map(([url, uri]) => [uri.toString(), url]));
      return {
        profile,
        total,
        weightUnit,
        functions,
        hangs: hangs.found,
        leaks: leaks.groups,
        account,
        fileOf: (url) => files.get(url),
        urlOf: (uri) => urlOfFile.get(uri.toString()),
      };
    } catch (error) {
      if (!isCancellation(error)) this.#log.warn(`${profile.title}: hottest functions: ${error}`);
      throw error;
    }
  }
}

async function findSources(urls: ReadonlySet<string>): Promise<ReadonlyMap<string, vscode.Uri>> {
  const files = new Map<string, vscode.Uri>();
  await Promise.all(
    [...urls].map(async (url) => {
      const uri = await findSource(url);
      if (uri) files.set(url, uri);
    }),
  );
  return files;
}
