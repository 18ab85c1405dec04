/** The open profiles, one per file however many editors and results use it. */
import type * as vscode from "vscode";
import type { ServerConnection } from "../app.ts";
import { OpenedProfile } from "./opened-profile.ts";

/** A share in an open profile, which is closed when the last share is given back. */
export interface ProfileLease extends vscode.Disposable {
  readonly profile: OpenedProfile;
}

export class OpenedProfiles implements vscode.Disposable {
  readonly #server: ServerConnection;
  readonly #log: vscode.LogOutputChannel;
  readonly #byUri = new Map<string, { readonly profile: OpenedProfile; leases: number }>();

  constructor(server: ServerConnection, log: vscode.LogOutputChannel) {
    this.#server = server;
    this.#log = log;
  }

  /** Reads nothing yet. */
  lease(uri: vscode.Uri): ProfileLease {
    const key = uri.toString();
    const entry = this.#byUri.get(key) ?? {
      profile: new OpenedProfile(uri, this.#server, this.#log),
      leases: 0,
    };
    entry.leases++;
    this.#byUri.set(key, entry);
    let given = true;
    return {
      profile: entry.profile,
      dispose: () => {
        if (!given) return;
        given = false;
        if (--entry.leases > 0) return;
        this.#byUri.delete(key);
        entry.profile.dispose();
      },
    };
  }

  dispose(): void {
    for (const { profile } of this.#byUri.values()) profile.dispose();
    this.#byUri.clear();
  }
}
