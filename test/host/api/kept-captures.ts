/** A store of its own, into which captures go by themselves until it is closed. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as vscode from "vscode";
import type { App } from "../../../extension/app.ts";
import { parseKey, spokenPart } from "../../../src/artifacts/key.ts";

export class KeptCaptures {
  readonly #app: App;
  readonly #store: string;

  private constructor(app: App, store: string) {
    this.#app = app;
    this.#store = store;
  }

  static async open(app: App): Promise<KeptCaptures> {
    const store = await mkdtemp(join(tmpdir(), "hangscope-store-"));
    await set("store", store);
    await set("keepCaptures", true);
    return new KeptCaptures(app, store);
  }

  /** Kind and step of each, oldest first. */
  async list(): Promise<string[]> {
    const { artifacts } = await this.#app.server.call("artifacts.list", { store: this.#store });
    return artifacts.map(({ key, kind }) => `${kind} ${spokenPart(parseKey(key)!.step)}`);
  }

  async close(): Promise<void> {
    await set("store", undefined);
    await set("keepCaptures", undefined);
    await rm(this.#store, { recursive: true, force: true });
  }
}

async function set(key: string, value: unknown): Promise<void> {
  const settings = vscode.workspace.getConfiguration("hangscope.artifacts");
  await settings.update(key, value, vscode.ConfigurationTarget.Global);
}
