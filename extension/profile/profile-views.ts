/** The profile views that stand in editors, and which of them had the focus last. */
import * as vscode from "vscode";
import type { OpenedProfile } from "./opened-profile.ts";
import type { ProfileView, Wish } from "./profile-view.ts";

export class ProfileViews implements vscode.Disposable {
  /** The one that had the focus last comes last. */
  readonly #views = new Set<ProfileView>();
  /** What to show in views that are being opened, by file. */
  readonly #wishes = new Map<string, Wish>();
  readonly #focused = new vscode.EventEmitter<OpenedProfile>();
  readonly onDidFocus = this.#focused.event;

  add(view: ProfileView): void {
    this.#views.add(view);
    const key = view.profile.uri.toString();
    const wish = this.#wishes.get(key);
    this.#wishes.delete(key);
    if (wish) view.show(wish);
  }

  remove(view: ProfileView): void {
    this.#views.delete(view);
  }

  focused(view: ProfileView): void {
    this.#views.delete(view);
    this.#views.add(view);
    this.#focused.fire(view.profile);
  }

  /** The view of a file that had the focus last. */
  of(uri: vscode.Uri): ProfileView | undefined {
    const key = uri.toString();
    return [...this.#views].findLast((view) => view.profile.uri.toString() === key);
  }

  /** The view that had the focus last among those on screen. */
  get visible(): ProfileView | undefined {
    return [...this.#views].findLast((view) => view.isVisible);
  }

  /** Shows it in the file's next view. */
  showWhenOpened(uri: vscode.Uri, wish: Wish): void {
    this.#wishes.set(uri.toString(), wish);
  }

  dispose(): void {
    this.#focused.dispose();
  }
}
