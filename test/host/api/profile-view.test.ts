import assert from "node:assert/strict";
import * as vscode from "vscode";
import { OpenedProfile } from "../../../extension/profile/opened-profile.ts";
import { ProfileView } from "../../../extension/profile/profile-view.ts";
import { decodeColumns } from "../../../src/profile/columns.ts";
import type { Progress } from "../../../src/toolchain/progress.ts";
import type { FromView, SourcePosition, ToView } from "../../../webview/protocol.ts";
import { eventually } from "../../support/eventually.ts";
import { activateApp } from "./profile-fixture.ts";

/** What a view needs of a profile, driven by the test. */
class FakeProfile {
  readonly uri = vscode.Uri.file("/captures/shop-v8.log");
  readonly title = "shop-v8.log";
  readonly progressed = new vscode.EventEmitter<Progress>();
  readonly named = new vscode.EventEmitter<void>();
  readonly reloaded = new vscode.EventEmitter<void>();
  readonly onDidProgress = this.progressed.event;
  readonly onDidName = this.named.event;
  readonly onDidReload = this.reloaded.event;
  readonly signals: AbortSignal[] = [];
  readonly opening = Promise.withResolvers<void>();
  answer: Promise<ArrayBuffer> = Promise.resolve(new ArrayBuffer(0));
  cancelled = 0;
  isOpen = false;

  open(): Promise<void> {
    return this.opening.promise;
  }
  cancelOpening(): void {
    this.cancelled++;
  }
  queryEncoded(_query: unknown, signal: AbortSignal): Promise<ArrayBuffer> {
    this.signals.push(signal);
    return this.answer;
  }
}

class FakePanel {
  readonly sent: ToView[] = [];
  readonly received = new vscode.EventEmitter<FromView>();
  readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeViewState = this.changed.event;
  readonly webview = {
    onDidReceiveMessage: this.received.event,
    postMessage: (message: ToView) => this.sent.push(message),
  };
  readonly viewColumn = vscode.ViewColumn.Two;
  visible = true;
  revealed = 0;

  reveal(): void {
    this.revealed++;
  }
  hide(): void {
    this.visible = false;
    this.changed.fire();
  }
}

describe("a profile view", () => {
  const flame: FromView = { kind: "query", id: 7, query: { kind: "flame" } };
  let profile: FakeProfile;
  let panel: FakePanel;
  let view: ProfileView;
  let wentTo: [SourcePosition, vscode.ViewColumn | undefined][];

  beforeEach(async () => {
    const { log } = await activateApp();
    profile = new FakeProfile();
    panel = new FakePanel();
    wentTo = [];
    view = new ProfileView(
      panel as unknown as vscode.WebviewPanel,
      profile as unknown as OpenedProfile,
      { log, goToSource: async (...to) => void wentTo.push(to) },
    );
  });
  afterEach(() => view.dispose());

  const from = (message: FromView) => panel.received.fire(message);
  const kinds = () => panel.sent.map(({ kind }) => kind);
  async function show(): Promise<void> {
    from({ kind: "ready" });
    profile.isOpen = true;
    profile.opening.resolve();
    await eventually(() => assert.equal(panel.sent.at(-1)?.kind, "opened"));
    panel.sent.length = 0;
  }

  it("tells how far the reading has come, then that it is there", async () => {
    from({ kind: "ready" });
    profile.progressed.fire({ message: "Reading shop-v8.log", done: 1, total: 4 });
    profile.progressed.fire({ message: "Mapping", done: 1, total: 0 });
    profile.opening.resolve();
    await eventually(() => assert.equal(panel.sent.length, 4));
    const title = "shop-v8.log";
    assert.deepEqual(panel.sent, [
      { kind: "opening", title, message: "Reading shop-v8.log" },
      { kind: "opening", title, message: "Reading shop-v8.log", share: 0.25 },
      { kind: "opening", title, message: "Mapping" },
      { kind: "opened", title },
    ]);
  });

  it("tells why there is nothing to show", async () => {
    from({ kind: "ready" });
    profile.opening.reject(new Error("shop-v8.log is empty."));
    await eventually(() =>
      assert.deepEqual(panel.sent.at(-1), { kind: "failed", message: "shop-v8.log is empty." }),
    );
  });

  it("passes on that the user gave up", async () => {
    from({ kind: "ready" });
    from({ kind: "cancel-opening" });
    assert.equal(profile.cancelled, 1);
    profile.opening.reject(new DOMException("stopped", "AbortError"));
    await eventually(() =>
      assert.deepEqual(panel.sent.at(-1), {
        kind: "failed",
        message: "Reading shop-v8.log was cancelled.",
      }),
    );
  });

  it("sends an answer as the bytes it came in", async () => {
    await show();
    const data = new Uint8Array([1, 2, 3]).buffer;
    profile.answer = Promise.resolve(data);
    from(flame);
    await eventually(() => assert.deepEqual(panel.sent, [{ kind: "answer", id: 7, data }]));
  });

  it("tells why a question failed", async () => {
    await show();
    profile.answer = Promise.reject(new Error("The profile has no function 9."));
    from(flame);
    await eventually(() =>
      assert.deepEqual(panel.sent, [
        { kind: "query-failed", id: 7, message: "The profile has no function 9." },
      ]),
    );
  });

  it("drops a question that the page takes back", async () => {
    await show();
    const answer = Promise.withResolvers<ArrayBuffer>();
    profile.answer = answer.promise;
    from(flame);
    from({ kind: "cancel-query", id: 7 });
    assert.equal(profile.signals[0]!.aborted, true);
    answer.resolve(new ArrayBuffer(0));
    profile.answer = Promise.resolve(new ArrayBuffer(1));
    from({ ...flame, id: 8 });
    await eventually(() => assert.deepEqual(kinds(), ["answer"]));
  });

  it("drops all questions of a page that was hidden, and begins anew when it comes back", async () => {
    await show();
    profile.answer = new Promise(() => {});
    from(flame);
    panel.hide();
    assert.equal(profile.signals[0]!.aborted, true);
    profile.named.fire();
    assert.deepEqual(kinds(), []);
    from({ kind: "ready" });
    await eventually(() => assert.deepEqual(kinds(), ["opened"]));
  });

  it("has the page ask again when names came in, and begin anew for another file", async () => {
    await show();
    profile.named.fire();
    profile.reloaded.fire();
    assert.deepEqual(kinds(), ["updated", "opened"]);
  });

  it("shows a function at once, or when the page can take it", async () => {
    view.show({ kind: "reveal", func: 3 });
    assert.equal(panel.revealed, 1);
    assert.deepEqual(kinds(), []);
    from({ kind: "ready" });
    profile.opening.resolve();
    await eventually(() => assert.deepEqual(panel.sent.slice(-1), [{ kind: "reveal", func: 3 }]));
    panel.sent.length = 0;
    view.show({ kind: "reveal", func: 4 });
    assert.deepEqual(panel.sent, [{ kind: "reveal", func: 4 }]);
    view.switchView();
    assert.deepEqual(panel.sent.at(-1), { kind: "show", view: "next" });
  });

  it("keeps its own column free for a source beside it", () => {
    const position = { url: "file:///a.ts", line: 3, column: 1 };
    from({ kind: "go-to-source", position, beside: true });
    from({ kind: "go-to-source", position, beside: false });
    assert.deepEqual(wentTo, [
      [position, vscode.ViewColumn.Two],
      [position, undefined],
    ]);
  });

  it("sends nothing once it is closed", async () => {
    from({ kind: "ready" });
    view.dispose();
    profile.opening.resolve();
    await profile.opening.promise;
    await Promise.resolve();
    assert.deepEqual(kinds(), ["opening"]);
  });
});

describe("an answer on its way to a view", () => {
  it("stays columns", async () => {
    const { log } = await activateApp();
    const self = Float64Array.of(1, 2);
    const server = {
      onDidUpdateProfile: new vscode.EventEmitter<string>().event,
      call: async (name: string) => (name === "profile.open" ? { profileId: "1" } : { self }),
    };
    const uri = vscode.Uri.file("/captures/shop-v8.log");
    const profile = new OpenedProfile(uri, server as never, log);
    const data = await profile.queryEncoded({ kind: "summary" });
    assert.deepEqual(decodeColumns(data), { self });
    profile.dispose();
  });
});
