/** Go to Hottest Frame, Next and Previous Hot Frame. */
import * as vscode from "vscode";
import type { HotFunction } from "../../src/profile/query.ts";
import { formatShare, formatWeight } from "../../src/results/format.ts";
import { step, walkOrder } from "../../src/results/hot-frames.ts";
import { UserError } from "../commands.ts";
import type { ActiveFindings, Findings } from "./findings.ts";
import { plain, showPosition } from "./source-files.ts";

interface Stop {
  readonly func: HotFunction;
  readonly uri: vscode.Uri;
  readonly line: number;
  readonly column: number;
}

export class HotFrameWalk {
  readonly #findings: ActiveFindings;
  #walked: Findings | undefined;
  #at: number | undefined;

  constructor(findings: ActiveFindings) {
    this.#findings = findings;
  }

  hottest(): Promise<void> {
    return this.#go(() => 0);
  }

  next(): Promise<void> {
    return this.#go((count) => step(count, this.#at, 1));
  }

  previous(): Promise<void> {
    return this.#go((count) => step(count, this.#at, -1));
  }

  async #go(choose: (count: number) => number): Promise<void> {
    const findings = await this.#findings.insist();
    if (!findings) return;
    const stops = stopsOf(findings);
    if (stops.length === 0) {
      throw new UserError(
        vscode.l10n.t(
          "No hot function of {0} stands in a file of this machine.",
          findings.profile.title,
        ),
      );
    }
    if (this.#walked !== findings) this.#at = undefined;
    this.#walked = findings;
    this.#at = choose(stops.length);
    const { func, uri, ...position } = stops[this.#at]!;
    await showPosition(uri, position);
    vscode.window.setStatusBarMessage(
      vscode.l10n.t(
        "$(flame) Hot frame {0} of {1}: {2}, {3} self ({4})",
        this.#at + 1,
        stops.length,
        plain(func.name),
        formatWeight(func.self, findings.weightUnit),
        formatShare(func.self, findings.total),
      ),
      8000,
    );
  }
}

function stopsOf(findings: Findings): Stop[] {
  const stops = findings.functions.flatMap((func) => stopOf(func, findings) ?? []);
  return walkOrder(stops, ({ uri }) => isAppCode(uri));
}

/** The function's hottest line, or its first where no line is known. */
function stopOf(func: HotFunction, { fileOf }: Findings): Stop | undefined {
  const [hottest] = func.lines;
  const lineUri = hottest && fileOf(hottest.url);
  if (lineUri) return { func, uri: lineUri, line: hottest.line, column: 0 };
  const uri = fileOf(func.url);
  return uri && { func, uri, line: func.line, column: func.column };
}

function isAppCode(uri: vscode.Uri): boolean {
  return (
    vscode.workspace.getWorkspaceFolder(uri) !== undefined && !uri.path.includes("/node_modules/")
  );
}
