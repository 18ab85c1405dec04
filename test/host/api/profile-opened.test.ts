import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { ServerConnection } from "../../../extension/app.ts";
import { OpenedProfiles } from "../../../extension/profile/opened-profiles.ts";
import type { TaskOptions } from "../../../src/toolchain/progress.ts";
import { eventually } from "../../support/eventually.ts";
import { activateApp, write } from "./profile-fixture.ts";

class ToolError extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`The tool says ${code}.`);
    this.code = code;
  }
}

/** A server that remembers what it was asked and drops profiles when told. */
class FakeServer {
  readonly opened: string[] = [];
  readonly queried: string[] = [];
  readonly updated = new vscode.EventEmitter<string>();
  readonly onDidUpdateProfile = this.updated.event;
  known = new Set<string>();
  /** Waited for before a profile is open. */
  gate = Promise.resolve();

  async call(
    name: string,
    input: { path: string; profileId: string },
    task: TaskOptions = {},
  ): Promise<unknown> {
    if (name === "profile.open") {
      this.opened.push(input.path);
      const profileId = `profile-${this.opened.length}`;
      task.onProgress?.({ message: "Reading", done: 1, total: 4 });
      await Promise.race([this.gate, aborted(task.signal)]);
      this.known.add(profileId);
      return { profileId };
    }
    this.queried.push(input.profileId);
    if (!this.known.has(input.profileId)) throw new ToolError("unknown-profile");
    return { kind: "summary", profileId: input.profileId };
  }
}

function aborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason));
  });
}

describe("an opened profile", () => {
  const summary = { kind: "summary" } as const;
  let uri: vscode.Uri;
  let server: FakeServer;
  let profiles: OpenedProfiles;

  beforeEach(async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    uri = vscode.Uri.joinPath(folder!.uri, "opened [1].cpuprofile");
    await write(uri, "{}");
    server = new FakeServer();
    const { log } = await activateApp();
    profiles = new OpenedProfiles(server as unknown as ServerConnection, log);
  });
  afterEach(() => profiles.dispose());

  it("is read once, for all who ask at the same time and after", async () => {
    const { profile } = profiles.lease(uri);
    assert.deepEqual(server.opened, []);
    await Promise.all([profile.open(), profile.query(summary), profile.open()]);
    await profile.query(summary);
    assert.deepEqual(server.opened, [uri.fsPath]);
  });

  it("is one for all leases of a file, and closed with the last of them", async () => {
    const first = profiles.lease(uri);
    const second = profiles.lease(uri);
    assert.equal(first.profile, second.profile);
    first.dispose();
    first.dispose();
    assert.equal(profiles.lease(uri).profile, second.profile);
    second.dispose();
    assert.equal(profiles.lease(uri).profile, second.profile);
  });

  it("is another one after the last lease was given back", () => {
    const lease = profiles.lease(uri);
    lease.dispose();
    assert.notEqual(profiles.lease(uri).profile, lease.profile);
  });

  it("is read again, once, when the server has dropped it", async () => {
    const { profile } = profiles.lease(uri);
    await profile.open();
    server.known.clear();
    const answers = await Promise.all([profile.query(summary), profile.query(summary)]);
    assert.deepEqual(
      answers.map((answer) => (answer as unknown as { profileId: string }).profileId),
      ["profile-2", "profile-2"],
    );
    assert.equal(server.opened.length, 2);
  });

  it("gives up when the server drops it a second time", async () => {
    const { profile } = profiles.lease(uri);
    server.known.add = () => server.known;
    await assert.rejects(profile.query(summary), { code: "unknown-profile" });
    assert.equal(server.opened.length, 2);
  });

  it("can be cancelled while it is read, and opened after that", async () => {
    const { profile } = profiles.lease(uri);
    server.gate = new Promise(() => {});
    const opening = profile.open();
    await eventually(() => assert.equal(server.opened.length, 1));
    profile.cancelOpening();
    await assert.rejects(opening, { name: "AbortError" });
    assert.equal(profile.isOpen, false);
    server.gate = Promise.resolve();
    await profile.open();
    assert.equal(profile.isOpen, true);
  });

  it("says that names came in, for its own id only", async () => {
    const { profile } = profiles.lease(uri);
    await profile.open();
    let changes = 0;
    profile.onDidChange(() => changes++);
    server.updated.fire("profile-77");
    assert.equal(changes, 0);
    server.updated.fire("profile-1");
    assert.equal(changes, 1);
  });

  it("is read again when its file changes, and answers meanwhile", async () => {
    const { profile } = profiles.lease(uri);
    await profile.open();
    const reloaded = new Promise<void>((resolve) => profile.onDidReload(() => resolve()));
    await write(uri, '{"nodes":[]}');
    const before = (await profile.query(summary)) as unknown as { profileId: string };
    assert.equal(before.profileId, "profile-1");
    await reloaded;
    const after = (await profile.query(summary)) as unknown as { profileId: string };
    assert.equal(after.profileId, "profile-2");
  });

  it("says what to do with a file that is not on disk", async () => {
    const { profile } = profiles.lease(vscode.Uri.parse("git:/repo/a.cpuprofile?HEAD"));
    await assert.rejects(profile.open(), /a\.cpuprofile is not a file on this machine/);
    assert.deepEqual(server.opened, []);
  });
});
