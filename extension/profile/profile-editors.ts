/** VS Code's custom editor for profiles: read-only, one document per file. */
import type * as vscode from "vscode";
import type { OpenedProfiles, ProfileLease } from "./opened-profiles.ts";
import { ProfileView, type ProfileViewOptions } from "./profile-view.ts";
import type { ProfileViews } from "./profile-views.ts";
import { viewPage, viewRoot } from "./view-page.ts";

export const viewTypes = {
  v8log: "hangscope.v8log",
  cpuprofile: "hangscope.cpuprofile",
  trace: "hangscope.trace",
  xctrace: "hangscope.xctrace",
} as const;

/** The kind of editor that a file opens in; any other file is taken for a V8 log. */
export function viewTypeOf(path: string): string {
  const extension = path.slice(path.lastIndexOf(".") + 1);
  if (extension === "cpuprofile") return viewTypes.cpuprofile;
  if (extension === "hangscope-trace" || extension === "hangscope-hang") return viewTypes.trace;
  return extension === "xml" ? viewTypes.xctrace : viewTypes.v8log;
}

interface ProfileDocument extends vscode.CustomDocument {
  readonly lease: ProfileLease;
}

interface ProfileEditorsOptions extends ProfileViewOptions {
  readonly extensionUri: vscode.Uri;
  readonly profiles: OpenedProfiles;
  readonly views: ProfileViews;
}

export class ProfileEditors implements vscode.CustomReadonlyEditorProvider<ProfileDocument> {
  readonly #options: ProfileEditorsOptions;

  constructor(options: ProfileEditorsOptions) {
    this.#options = options;
  }

  openCustomDocument(uri: vscode.Uri): ProfileDocument {
    const lease = this.#options.profiles.lease(uri);
    return { uri, lease, dispose: () => lease.dispose() };
  }

  resolveCustomEditor({ lease }: ProfileDocument, panel: vscode.WebviewPanel): void {
    const { extensionUri, views } = this.#options;
    const view = new ProfileView(panel, lease.profile, this.#options);
    panel.onDidChangeViewState(() => {
      if (panel.active) views.focused(view);
    });
    panel.onDidDispose(() => {
      views.remove(view);
      view.dispose();
      // Nobody waits for it any more.
      if (!lease.profile.isOpen && !views.of(lease.profile.uri)) lease.profile.cancelOpening();
    });
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [viewRoot(extensionUri)],
    };
    panel.webview.html = viewPage(panel.webview, extensionUri);
    views.add(view);
    if (panel.active) views.focused(view);
  }
}
