/** Kept evidence as rows of a list: newest first, what it is of before where it came from. */
import * as vscode from "vscode";
import { type ArtifactKind, parseKey, spokenPart } from "../../src/artifacts/key.ts";
import { formatAge } from "../../src/results/age.ts";
import { formatBytes } from "../../src/results/format-bytes.ts";
import type { ToolOutput } from "../../src/tools/index.ts";

type Artifact = ToolOutput<"artifacts.list">["artifacts"][number];

export interface ArtifactRow extends vscode.QuickPickItem {
  readonly artifact: Artifact & { readonly kind: OpenableKind };
}

/** What the profile view can show. */
export type OpenableKind = Exclude<ArtifactKind, "runner" | "heapprofile">;

const kinds: Readonly<Record<OpenableKind, { icon: string; label: string }>> = {
  v8log: { icon: "flame", label: vscode.l10n.t("V8 log") },
  cpuprofile: { icon: "flame", label: vscode.l10n.t("CPU profile") },
  xctrace: { icon: "device-mobile", label: vscode.l10n.t("recording of an Apple app") },
  hang: { icon: "warning", label: vscode.l10n.t("hang") },
};

/** Its project and step; the key itself of what others put there. */
export function artifactTitle(key: string): string {
  const { project = "", step = "" } = parseKey(key) ?? {};
  const parts = [project, step].filter((part) => part !== "");
  return parts.map(spokenPart).join(" · ") || key;
}

export function artifactRows(artifacts: readonly Artifact[], now: number): ArtifactRow[] {
  return artifacts
    .filter(isOpenable)
    .toReversed()
    .map((artifact) => {
      const { key, kind, bytes, time, pinned } = artifact;
      const { icon, label } = kinds[kind];
      const { target = "", job = "", env = "" } = parseKey(key) ?? {};
      const age = formatAge(now - time, vscode.env.language);
      return {
        label: `$(${icon}) ${artifactTitle(key)}`,
        description: [
          label,
          formatBytes(bytes),
          age,
          ...(pinned ? [vscode.l10n.t("pinned")] : []),
        ].join(" · "),
        detail: [env, job, target]
          .filter((part) => part !== "")
          .map(spokenPart)
          .join(" / "),
        artifact,
      };
    });
}

function isOpenable(artifact: Artifact): artifact is ArtifactRow["artifact"] {
  return artifact.kind !== undefined && artifact.kind in kinds;
}
