/** The profile whose results stand in the editors: the one opened or focused last. */
import * as vscode from "vscode";
import type { ActiveProfile } from "../app.ts";
import { columnForView } from "./columns.ts";
import type { OpenedProfile } from "./opened-profile.ts";
import type { OpenedProfiles, ProfileLease } from "./opened-profiles.ts";
import { viewTypeOf } from "./profile-editors.ts";
import type { Wish } from "./profile-view.ts";
import type { ProfileViews } from "./profile-views.ts";

export class LastProfile implements ActiveProfile {
  readonly #profiles: OpenedProfiles;
  readonly #views: ProfileViews;
  readonly #changed = new vscode.EventEmitter<OpenedProfile | undefined>();
  readonly #focus: vscode.Disposable;
  readonly onDidChange = this.#changed.event;
  #shown: ProfileLease | undefined;
  /** Asked for last: shown when it has been read, unless another is asked for before. */
  #wanted: OpenedProfile | undefined;

  constructor(profiles: OpenedProfiles, views: ProfileViews) {
    this.#profiles = profiles;
    this.#views = views;
    this.#focus = views.onDidFocus((profile) => void this.activate(profile.uri));
  }

  get current(): OpenedProfile | undefined {
    return this.#shown?.profile;
  }

  /** Waits until the profile is read. A failure to read it is told by the view. */
  async open(uri: vscode.Uri): Promise<void> {
    const view = this.#views.of(uri);
    if (view) view.focus();
    else await this.#openView(uri, columnForView(uri));
    await this.activate(uri);
  }

  async activate(uri: vscode.Uri): Promise<void> {
    const lease = this.#profiles.lease(uri);
    this.#wanted = lease.profile;
    try {
      await lease.profile.open();
    } catch {
      // The view that asked says why.
    }
    if (this.#wanted === lease.profile && lease.profile.isOpen && this.current !== lease.profile) {
      this.#show(lease);
    } else {
      lease.dispose();
    }
  }

  async reveal(func: number): Promise<void> {
    if (!this.current) return;
    const { uri } = this.current;
    await this.#showIn(uri, { kind: "reveal", func }, vscode.ViewColumn.Beside);
  }

  async openReport(uri: vscode.Uri): Promise<void> {
    await this.#showIn(uri, { kind: "show", view: "findings" }, columnForView(uri));
    await this.activate(uri);
  }

  clear(): void {
    this.#wanted = undefined;
    this.#show(undefined);
  }

  dispose(): void {
    this.#focus.dispose();
    this.#shown?.dispose();
    this.#changed.dispose();
  }

  async #showIn(uri: vscode.Uri, wish: Wish, column: vscode.ViewColumn): Promise<void> {
    const view = this.#views.of(uri);
    if (view) {
      view.show(wish);
      return;
    }
    this.#views.showWhenOpened(uri, wish);
    await this.#openView(uri, column);
  }

  async #openView(uri: vscode.Uri, viewColumn: vscode.ViewColumn): Promise<void> {
    const viewType = viewTypeOf(uri.path);
    const options: vscode.TextDocumentShowOptions = { viewColumn, preview: false };
    await vscode.commands.executeCommand("vscode.openWith", uri, viewType, options);
  }

  #show(lease: ProfileLease | undefined): void {
    const before = this.#shown;
    if (before === lease) return;
    this.#shown = lease;
    void vscode.commands.executeCommand("setContext", "hangscope.hasProfile", lease !== undefined);
    this.#changed.fire(lease?.profile);
    before?.dispose();
  }
}
