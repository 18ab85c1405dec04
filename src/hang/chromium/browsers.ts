/** The browsers that a server has started, until they end. */
import { randomUUID } from "node:crypto";
import * as z from "zod";
import { CaptureError } from "../../capture/capture-error.ts";
import { type Sandbox, sandboxSchema } from "../../formats/hang-capture/hang-file.ts";
import type { Environment } from "../../toolchain/environment.ts";
import type { TaskOptions } from "../../toolchain/progress.ts";
import { logsInFolder } from "../armed-logs.ts";
import type { PageHangTarget, Reached } from "../target.ts";
import { choosePage } from "./choose-page.ts";
import { type LaunchedChromium, launchChromium } from "./launch-chromium.ts";
import { sweepUserData } from "./user-data.ts";
import type { WatchedPage } from "./watched-page.ts";

export const browserSchema = z
  .object({
    browserId: z.string(),
    pid: z.number().int().positive(),
    executable: z.string().describe("Absolute path"),
    address: z.string().describe("host:port of its inspector"),
    ...sandboxSchema.shape,
    logs: z.string().optional().describe("Folder of V8's logs, when V8's sampler is on"),
  })
  .readonly();
export type Browser = z.output<typeof browserSchema>;

export const pageSchema = z
  .object({
    title: z.string(),
    url: z.string(),
    type: z.string().describe("page, or iframe for a frame of another site"),
    answers: z.boolean().describe("False when its main thread is busy with something long"),
  })
  .readonly();

export const listedBrowserSchema = browserSchema
  .unwrap()
  .extend({ pages: z.array(pageSchema).readonly() })
  .readonly();
export type ListedBrowser = z.output<typeof listedBrowserSchema>;

export interface LaunchOptions {
  readonly url: string;
  readonly executable?: string | undefined;
  readonly headless: boolean;
  readonly arm: boolean;
}

export interface BrowserService {
  /** @throws CaptureError as `launchChromium` does, or `no-folder`. */
  launch(options: LaunchOptions, task: TaskOptions, env: Environment): Promise<Browser>;
  list(signal?: AbortSignal): Promise<ListedBrowser[]>;
  /** @throws CaptureError `unknown-browser`. */
  close(browserId: string): Promise<void>;
  /** @throws CaptureError `unknown-browser`, `no-browser`, `no-page` or `several-pages`. */
  reach(target: PageHangTarget): ReachedPage;
  /** Whether any runs, which ends with its server. */
  readonly needServer: boolean;
  dispose(): Promise<void>;
}

export interface ReachedPage extends Reached {
  readonly client: WatchedPage;
}

/** A page that is free answers at once; a busy machine takes longer. */
const answerMs = 300;

export class Browsers implements BrowserService {
  readonly #root: string | undefined;
  readonly #browsers = new Map<string, LaunchedChromium>();
  readonly #starting = new Set<Promise<LaunchedChromium>>();
  readonly #stopped = new AbortController();

  /** @param root absolute path of the folder for user data; none starts without it */
  constructor(root: string | undefined) {
    this.#root = root;
  }

  /** Ends and removes what a server that was killed has left. */
  async sweep(): Promise<void> {
    if (this.#root !== undefined) await sweepUserData(this.#root);
  }

  async launch(options: LaunchOptions, task: TaskOptions, env: Environment): Promise<Browser> {
    if (this.#root === undefined) {
      throw new CaptureError("no-folder", "This server has no folder for a browser's data.");
    }
    const { signal: stopped } = this.#stopped;
    const signal = task.signal ? AbortSignal.any([task.signal, stopped]) : stopped;
    task.onProgress?.({ message: "Starting the browser" });
    const starting = launchChromium({ ...options, root: this.#root, env, signal });
    this.#starting.add(starting);
    try {
      const launched = await starting;
      const browserId = randomUUID();
      this.#browsers.set(browserId, launched);
      void launched.ended.then(() => this.#forget(browserId));
      return described(browserId, launched);
    } finally {
      this.#starting.delete(starting);
    }
  }

  async list(signal?: AbortSignal): Promise<ListedBrowser[]> {
    return Promise.all(
      [...this.#browsers].map(async ([browserId, browser]) => ({
        ...described(browserId, browser),
        pages: await Promise.all(browser.watch.pages.map((page) => describedPage(page, signal))),
      })),
    );
  }

  async close(browserId: string): Promise<void> {
    this.#find(browserId);
    await this.#forget(browserId);
  }

  reach({ browserId, page: part }: PageHangTarget): ReachedPage {
    const found = browserId === undefined ? [...this.#browsers.values()] : [this.#find(browserId)];
    if (found.length === 0) {
      const problem = "No browser was started from here";
      const advice = "Start it with: hangscope browser launch <url>";
      throw new CaptureError("no-browser", `${problem}. ${advice}.`);
    }
    const page = choosePage(
      found.flatMap(({ watch }) => watch.pages),
      part,
    );
    return reachPage(page, found.find(({ watch }) => watch.pages.includes(page))!);
  }

  get needServer(): boolean {
    return this.#browsers.size > 0 || this.#starting.size > 0;
  }

  async dispose(): Promise<void> {
    this.#stopped.abort(new CaptureError("cancelled", "The server stops."));
    await Promise.allSettled(this.#starting);
    await Promise.all([...this.#browsers.keys()].map((browserId) => this.#forget(browserId)));
  }

  #find(browserId: string): LaunchedChromium {
    const found = this.#browsers.get(browserId);
    if (found) return found;
    throw new CaptureError("unknown-browser", `No browser ${browserId} is open: it has ended.`);
  }

  /** Also of one that has ended by itself its data is left. */
  async #forget(browserId: string): Promise<void> {
    const browser = this.#browsers.get(browserId);
    this.#browsers.delete(browserId);
    await browser?.close();
  }
}

/** A page for `captureHang`; it stays watched afterwards. */
export function reachPage(
  page: WatchedPage,
  browser: Pick<LaunchedChromium, keyof Sandbox | "logs" | "launchedAt">,
): ReachedPage {
  const { sandbox, withoutSandbox, logs, launchedAt } = browser;
  return {
    title: page.target.title || page.target.url,
    silence: page.isEnabled ? "native-call" : "connected-late",
    client: page,
    browser: { sandbox, ...(withoutSandbox !== undefined && { withoutSandbox }) },
    ...(logs !== undefined && { logs: () => logsInFolder(logs, launchedAt) }),
    page: page.target.url,
    wantedUrl: page.target.url,
    release: async () => {},
  };
}

function described(browserId: string, browser: LaunchedChromium): Browser {
  const { pid, executable, address, sandbox, withoutSandbox, logs } = browser;
  return {
    browserId,
    pid,
    executable,
    address,
    sandbox,
    ...(withoutSandbox !== undefined && { withoutSandbox }),
    ...(logs !== undefined && { logs }),
  };
}

async function describedPage(page: WatchedPage, signal: AbortSignal | undefined) {
  const { title, url, type } = page.target;
  return { title, url, type, answers: await page.answers(answerMs, signal) };
}
