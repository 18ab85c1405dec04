import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { OpenedProfile } from "../../../extension/profile/opened-profile.ts";
import type { ProfileView, Wish } from "../../../extension/profile/profile-view.ts";
import { ProfileViews } from "../../../extension/profile/profile-views.ts";

function fakeView(path: string, isVisible = true) {
  const revealed: Wish[] = [];
  const profile = { uri: vscode.Uri.file(path) } as OpenedProfile;
  const view = { profile, isVisible, show: (wish: Wish) => revealed.push(wish) };
  return { view: view as unknown as ProfileView, revealed };
}

describe("the profile views", () => {
  const uri = vscode.Uri.file("/a-v8.log");

  it("show a function in the file's next view, once", () => {
    const views = new ProfileViews();
    views.showWhenOpened(uri, { kind: "reveal", func: 5 });
    const [other, first, second] = ["/b-v8.log", "/a-v8.log", "/a-v8.log"].map((p) => fakeView(p));
    for (const { view } of [other!, first!, second!]) views.add(view);
    assert.deepEqual(
      [other!.revealed, first!.revealed, second!.revealed],
      [[], [{ kind: "reveal", func: 5 }], []],
    );
  });

  it("prefer the view that had the focus last", () => {
    const views = new ProfileViews();
    const [first, second] = [fakeView("/a-v8.log"), fakeView("/a-v8.log")];
    views.add(first.view);
    views.add(second.view);
    assert.equal(views.of(uri), second.view);
    let focused = 0;
    views.onDidFocus(() => focused++);
    views.focused(first.view);
    assert.equal(views.of(uri), first.view);
    assert.equal(views.visible, first.view);
    assert.equal(focused, 1);
    views.remove(first.view);
    assert.equal(views.of(uri), second.view);
  });

  it("know which of them is on screen", () => {
    const views = new ProfileViews();
    const shown = fakeView("/a-v8.log");
    views.add(shown.view);
    views.add(fakeView("/b-v8.log", false).view);
    assert.equal(views.visible, shown.view);
  });
});
