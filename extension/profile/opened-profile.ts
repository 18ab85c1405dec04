/**
 * One profile file as the editors see it: read by the server when first asked, read again when
 * the server has dropped it or the file has changed.
 */
import * as vscode from "vscode";
import { encodeColumns } from "../../src/profile/columns.ts";
import type { AnswerTo, QueryInput } from "../../src/profile/query.ts";
import type { Progress } from "../../src/toolchain/progress.ts";
import type { ProfileHandle, ServerConnection } from "../app.ts";
import { isCancellation, UserError } from "../commands.ts";
import { FileWatch } from "./file-watch.ts";

/** Schemes whose paths are paths of this machine. */
const schemesOnDisk = new Set(["file", "vscode-userdata"]);

export class OpenedProfile implements ProfileHandle, vscode.Disposable {
  readonly uri: vscode.Uri;
  readonly title: string;
  readonly #server: ServerConnection;
  readonly #log: vscode.LogOutputChannel;
  readonly #disposables: vscode.Disposable[] = [];
  readonly #changed = this.#emitter<void>();
  readonly #named = this.#emitter<void>();
  readonly #reloaded = this.#emitter<void>();
  readonly #progressed = this.#emitter<Progress>();
  /** Names or numbers are other than before. */
  readonly onDidChange = this.#changed.event;
  /** Native names came in; functions and tree nodes keep their numbers. */
  readonly onDidName = this.#named.event;
  /** The file was read anew: functions and tree nodes may have other numbers. */
  readonly onDidReload = this.#reloaded.event;
  readonly onDidProgress = this.#progressed.event;
  /** The profile's id on the server; nothing before it is asked for and after a failure. */
  #reading: Promise<string> | undefined;
  #id: string | undefined;
  #abort = new AbortController();
  #watched = false;

  constructor(uri: vscode.Uri, server: ServerConnection, log: vscode.LogOutputChannel) {
    this.uri = uri;
    this.title = uri.path.slice(uri.path.lastIndexOf("/") + 1);
    this.#server = server;
    this.#log = log;
    this.#disposables.push(
      server.onDidUpdateProfile((id) => {
        if (id !== this.#id) return;
        this.#named.fire();
        this.#changed.fire();
      }),
    );
  }

  get isOpen(): boolean {
    return this.#id !== undefined;
  }

  /**
   * Waits until the profile can be asked; joins a reading that is under way.
   * @throws ToolError, UserError when it cannot be read; an AbortError after `cancelOpening`.
   */
  async open(): Promise<void> {
    await this.#profileId();
  }

  cancelOpening(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
  }

  async query<Q extends QueryInput>(query: Q, signal?: AbortSignal): Promise<AnswerTo<Q["kind"]>> {
    const reading = this.#profileId();
    const task = signal ? { signal } : {};
    const ask = async (profileId: string) => {
      signal?.throwIfAborted();
      const answer = await this.#server.call("profile.query", { profileId, query }, task);
      return answer as AnswerTo<Q["kind"]>;
    };
    try {
      return await ask(await reading);
    } catch (error) {
      if (!isUnknownProfile(error)) throw error;
      // Of several questions that fail together only the first reads the file again.
      if (this.#reading === reading) this.#reading = undefined;
      return ask(await this.#profileId());
    }
  }

  /** The answer as `encodeColumns` writes it. */
  async queryEncoded(query: QueryInput, signal?: AbortSignal): Promise<ArrayBuffer> {
    return encodeColumns(await this.query(query, signal));
  }

  dispose(): void {
    this.#abort.abort();
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  #profileId(): Promise<string> {
    if (!this.#reading) {
      const reading = this.#read();
      this.#reading = reading;
      reading.catch(() => {
        if (this.#reading === reading) this.#reading = undefined;
      });
    }
    return this.#reading;
  }

  async #read(): Promise<string> {
    if (!schemesOnDisk.has(this.uri.scheme)) {
      throw new UserError(
        vscode.l10n.t(
          "{0} is not a file on this machine’s disk. Save a copy of it to a folder and open that.",
          this.title,
        ),
      );
    }
    const workspaceFolders = (vscode.workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === "file")
      .map(({ uri }) => uri.fsPath);
    const { profileId } = await this.#server.call(
      "profile.open",
      { path: this.uri.fsPath, workspaceFolders },
      {
        signal: this.#abort.signal,
        onProgress: (progress) => this.#progressed.fire(progress),
      },
    );
    this.#id = profileId;
    this.#watch();
    return profileId;
  }

  #watch(): void {
    if (this.#watched) return;
    this.#watched = true;
    this.#disposables.push(new FileWatch(this.uri, () => this.#reload()));
  }

  /** The old contents keep answering until the new ones are there. */
  async #reload(): Promise<void> {
    const before = this.#id;
    try {
      const reading = this.#read();
      if ((await reading) === before) return;
      this.#reading = reading;
    } catch (error) {
      if (isCancellation(error)) return;
      this.#log.warn(`${this.uri.toString(true)} has changed and cannot be read: ${error}`);
      return;
    }
    vscode.window.setStatusBarMessage(
      vscode.l10n.t("$(refresh) {0} has changed on disk and was read again", this.title),
      8000,
    );
    this.#reloaded.fire();
    this.#changed.fire();
  }

  #emitter<T>(): vscode.EventEmitter<T> {
    const emitter = new vscode.EventEmitter<T>();
    this.#disposables.push(emitter);
    return emitter;
  }
}

function isUnknownProfile(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "unknown-profile";
}
