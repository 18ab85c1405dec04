/** *Open Artifact…*: evidence that was kept in the workspace's store or in one for a fleet. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import * as vscode from "vscode";
import {
  type CaptureRecord,
  createCapture,
  deleteCapture,
  writeRecord,
} from "../../src/capture/storage.ts";
import type { App } from "../app.ts";
import { UserError } from "../commands.ts";
import { withProgress } from "../progress.ts";
import { requireTrust } from "../trust.ts";
import {
  type ArtifactRow,
  artifactRows,
  artifactTitle,
  type OpenableKind,
} from "./artifact-rows.ts";
import { storeInput } from "./store-setting.ts";

/** How each kind is named as a file; Apple's is a folder. */
const files: Readonly<Record<OpenableKind, { ending: string; sampler: CaptureRecord["sampler"] }>> =
  {
    v8log: { ending: ".v8log", sampler: "prof" },
    cpuprofile: { ending: ".cpuprofile", sampler: "cpu-prof" },
    hang: { ending: ".hangscope-hang", sampler: "hang" },
    xctrace: { ending: "", sampler: "xctrace" },
  };

export async function openArtifact(app: App): Promise<void> {
  requireTrust();
  const artifact = await chooseArtifact(app);
  if (artifact) await app.active.open(await fetchArtifact(app, artifact));
}

async function chooseArtifact(app: App): Promise<ArtifactRow["artifact"] | undefined> {
  const { store, artifacts } = await listArtifacts(app);
  const rows = artifactRows(artifacts, Date.now());
  if (rows.length === 0) {
    throw new UserError(
      vscode.l10n.t(
        "Nothing that can be opened is kept in {0}. Keep a capture from its menu in Recent Captures, or choose another store in the settings.",
        store,
      ),
      { title: vscode.l10n.t("Open Settings"), command: "hangscope.openArtifactSettings" },
    );
  }
  const chosen = await vscode.window.showQuickPick(rows, {
    title: vscode.l10n.t("Open Artifact"),
    placeHolder: vscode.l10n.t("Newest first, kept in {0}", store),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return chosen?.artifact;
}

function listArtifacts({ server }: App) {
  return withProgress(vscode.l10n.t("Looking for artifacts"), (task) =>
    server.call("artifacts.list", storeInput(), task),
  );
}

/** It becomes one of the recent captures, which are bounded in size. */
async function fetchArtifact(
  { server, captures }: App,
  { key, kind }: ArtifactRow["artifact"],
): Promise<vscode.Uri> {
  const root = captures.directory.fsPath;
  const title = artifactTitle(key);
  const { ending, sampler } = files[kind];
  const startedAt = new Date().toISOString();
  const record = { title, command: key, sampler, startedAt, recorder: process.pid, profiles: [] };
  const { id, directory } = await createCapture(root, record);
  try {
    const output = join(directory, `artifact${ending}`);
    await withProgress(vscode.l10n.t("Getting {0}", title), (task) =>
      server.call("artifacts.get", { ...storeInput(), key, output }, task),
    );
    const file =
      kind === "xctrace" ? join("artifact", await manifestIn(output)) : `artifact${ending}`;
    const profiles = [{ file, title, pid: 0 }];
    await writeRecord(directory, { ...record, profiles, endedAt: new Date().toISOString() });
    return vscode.Uri.file(join(directory, file));
  } catch (error) {
    await deleteCapture(root, id).catch(() => {});
    throw error;
  }
}

async function manifestIn(folder: string): Promise<string> {
  const manifest = (await readdir(folder)).find((name) => name.endsWith(".hangscope-trace"));
  if (manifest !== undefined) return manifest;
  throw new UserError(vscode.l10n.t("The artifact holds no recording that Hangscope exported."));
}
