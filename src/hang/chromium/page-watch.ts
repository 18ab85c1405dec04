/**
 * Keeps a debugger on every page of a browser, from before the page's first script: Chromium
 * refuses to pause a page for whoever comes once it is stuck.
 */
import * as z from "zod";
import { CaptureError } from "../../capture/capture-error.ts";
import { InspectorClient } from "../../capture/v8/inspector-client.ts";
import { WatchedPage } from "./watched-page.ts";

const autoAttach = { autoAttach: true, waitForDebuggerOnStart: true, flatten: true };
const filter = [{ type: "page" }, { type: "iframe" }, { exclude: true }];

const targetSchema = z.object({
  targetId: z.string(),
  type: z.string(),
  title: z.string(),
  url: z.string(),
});
const attachedSchema = z.object({ sessionId: z.string(), targetInfo: targetSchema });
const detachedSchema = z.object({ sessionId: z.string() });
const changedSchema = z.object({ targetInfo: targetSchema });
export type PageTarget = z.output<typeof targetSchema>;

export class PageWatch {
  readonly #client: InspectorClient;
  /** By session. */
  readonly #pages = new Map<string, WatchedPage>();

  /**
   * @param address of the browser's own WebSocket, not that of a page
   * @throws CaptureError as `InspectorClient` does; the signal's reason when aborted.
   */
  static async start(address: string, signal?: AbortSignal): Promise<PageWatch> {
    const client = await InspectorClient.connect(address, signal);
    const watch = new PageWatch(client);
    try {
      await client.ask("Target.setDiscoverTargets", { discover: true, filter }, { signal });
      await client.ask("Target.setAutoAttach", { ...autoAttach, filter }, { signal });
      return watch;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  private constructor(client: InspectorClient) {
    this.#client = client;
    client.onEvent = (method, params, session) => this.#hear(method, params, session);
    client.onGone = () => this.#forgetAll();
  }

  get pages(): readonly WatchedPage[] {
    return [...this.#pages.values()];
  }

  /** Settles when the first page, which a browser has by itself, is watched. */
  async ready(signal: AbortSignal): Promise<void> {
    await this.#first().enabled(signal);
  }

  /**
   * Opens an address in the first page, and does not wait for what is slow to come.
   * @throws CaptureError as `InspectorClient` does; the signal's reason when aborted.
   */
  async navigate(url: string, signal?: AbortSignal): Promise<void> {
    try {
      await this.#first().ask("Page.navigate", { url }, { signal });
    } catch (error) {
      const isSlow = error instanceof CaptureError && error.code === "inspector-timeout";
      if (!isSlow) throw error;
    }
  }

  #first(): WatchedPage {
    const [page] = this.#pages.values();
    if (!page) throw new CaptureError("no-page", "The browser has no page.");
    return page;
  }

  /** Lets go of all pages; they run on. */
  close(): void {
    this.#client.close();
    this.#forgetAll();
  }

  #hear(method: string, params: unknown, session: string | undefined): void {
    switch (method) {
      case "Target.attachedToTarget": {
        const attached = attachedSchema.safeParse(params);
        if (attached.success) this.#attach(attached.data);
        return;
      }
      case "Target.detachedFromTarget": {
        const detached = detachedSchema.safeParse(params);
        if (detached.success) this.#forget(detached.data.sessionId);
        return;
      }
      case "Target.targetInfoChanged": {
        const changed = changedSchema.safeParse(params);
        if (changed.success) this.#rename(changed.data.targetInfo);
        return;
      }
      default:
        if (session !== undefined) this.#pages.get(session)?.hear(method, params);
    }
  }

  #attach({ sessionId, targetInfo }: z.output<typeof attachedSchema>): void {
    this.#pages.set(sessionId, new WatchedPage(this.#client, sessionId, targetInfo));
    // Frames of other sites run in processes of their own.
    this.#client.tell("Target.setAutoAttach", { ...autoAttach, filter }, sessionId);
    this.#client.tell("Runtime.runIfWaitingForDebugger", {}, sessionId);
  }

  #rename(target: PageTarget): void {
    for (const page of this.#pages.values()) {
      if (page.target.targetId === target.targetId) page.target = target;
    }
  }

  #forget(sessionId: string): void {
    this.#pages.get(sessionId)?.end();
    this.#pages.delete(sessionId);
  }

  #forgetAll(): void {
    for (const sessionId of [...this.#pages.keys()]) this.#forget(sessionId);
  }
}
