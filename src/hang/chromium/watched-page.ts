/**
 * A page with a debugger on it. To those who look at it, it is an inspector as any other: one that
 * enables its debugger is told again what the debugger told before.
 */
import * as z from "zod";
import { CaptureError } from "../../capture/capture-error.ts";
import type { AskOptions, Inspector, InspectorClient } from "../../capture/v8/inspector-client.ts";
import { untilAborted } from "../../toolchain/until-aborted.ts";
import type { PageTarget } from "./page-watch.ts";

/** Scripts of pages that were left stay in the list; the oldest go first. */
const keptScripts = 20_000;
/** The longest that a timer takes: a page that is stuck answers when it is free again. */
const everMs = 2 ** 31 - 1;

const scriptSchema = z.looseObject({ scriptId: z.string(), url: z.string().min(1) });

export class WatchedPage implements Inspector {
  target: PageTarget;
  onEvent: (method: string, params: unknown) => void = () => {};
  readonly #client: InspectorClient;
  readonly #sessionId: string;
  readonly #gone = new AbortController();
  readonly #scripts = new Map<string, object>();
  readonly #enabling: Promise<void>;
  #isEnabled = false;
  #isLookedAt = false;
  /** A pause of ours has not come yet. */
  #isAsked = false;
  #standing: { readonly params: unknown; readonly isOurs: boolean } | undefined;

  constructor(client: InspectorClient, sessionId: string, target: PageTarget) {
    this.#client = client;
    this.#sessionId = sessionId;
    this.target = target;
    this.#enabling = this.#enable();
  }

  /** @throws CaptureError `target-gone`; the signal's reason when aborted. */
  async enabled(signal: AbortSignal): Promise<void> {
    await untilAborted(this.#enabling, signal);
    this.#gone.signal.throwIfAborted();
  }

  /** Not while a page is stuck that was so when the watch began. */
  get isEnabled(): boolean {
    return this.#isEnabled;
  }

  /** Whether its main thread takes other work within so many milliseconds. */
  async answers(ms: number, signal?: AbortSignal): Promise<boolean> {
    try {
      await this.#ask("Runtime.evaluate", { expression: "0" }, { ms, signal });
      return true;
    } catch {
      signal?.throwIfAborted();
      return false;
    }
  }

  /** @throws CaptureError as `InspectorClient` does; the signal's reason when aborted. */
  async ask(method: string, params: object = {}, options: AskOptions = {}): Promise<unknown> {
    if (method === "Debugger.enable") return this.#retell();
    if (method === "Debugger.disable") return this.#letGo();
    if (method === "Debugger.pause") this.#isAsked = true;
    return this.#ask(method, params, options);
  }

  tell(method: string, params: object): void {
    if (method === "Debugger.resume") this.#standing = undefined;
    this.#client.tell(method, params, this.#sessionId);
  }

  hear(method: string, params: unknown): void {
    switch (method) {
      case "Debugger.scriptParsed":
        this.#keep(params);
        break;
      case "Debugger.paused":
        this.#standing = { params, isOurs: this.#isAsked };
        this.#isAsked = false;
        if (!this.#isLookedAt) this.#letGo();
        break;
      case "Debugger.resumed":
        this.#standing = undefined;
        break;
    }
    if (this.#isLookedAt) this.onEvent(method, params);
  }

  /** The page is there no longer. */
  end(): void {
    this.#gone.abort(
      new CaptureError("target-gone", "The page was closed, or is watched no more."),
    );
  }

  async #enable(): Promise<void> {
    try {
      const enabled = this.#ask("Debugger.enable", {}, { ms: everMs });
      // A page must not stop for "debugger" where nobody sees it.
      this.tell("Debugger.setBreakpointsActive", { active: false });
      await enabled;
      this.#isEnabled = true;
    } catch {
      // It stays as it is: not enabled.
    }
  }

  async #ask(method: string, params: object, options: AskOptions): Promise<unknown> {
    const gone = this.#gone.signal;
    const signal = options.signal ? AbortSignal.any([options.signal, gone]) : gone;
    return this.#client.ask(method, params, { ...options, signal, sessionId: this.#sessionId });
  }

  #retell(): object {
    this.#gone.signal.throwIfAborted();
    if (!this.#isEnabled) {
      const problem = "The page was stuck already when its browser began to be watched.";
      throw new CaptureError("inspector-timeout", problem);
    }
    this.#isLookedAt = true;
    for (const script of this.#scripts.values()) this.onEvent("Debugger.scriptParsed", script);
    if (this.#standing) this.onEvent("Debugger.paused", this.#standing.params);
    return {};
  }

  /** Whoever else has paused it keeps it so. */
  #letGo(): void {
    this.#isLookedAt = false;
    if (this.#standing?.isOurs) this.tell("Debugger.resume", {});
  }

  #keep(params: unknown): void {
    const script = scriptSchema.safeParse(params);
    if (!script.success) return;
    const { scriptId, url, ["sourceMapURL"]: sourceMapURL } = script.data;
    this.#scripts.set(scriptId, { scriptId, url, sourceMapURL });
    const [oldest] = this.#scripts.keys();
    if (this.#scripts.size > keptScripts) this.#scripts.delete(oldest!);
  }
}
