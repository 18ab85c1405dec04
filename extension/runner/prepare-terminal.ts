/** The terminal of a task of ours: the compiler's lines, and an exit code that tells how it went. */
import * as vscode from "vscode";
import { diagnosticLine } from "../../src/runner/diagnostics/diagnostic-line.ts";
import type { PrepareResult } from "../../src/runner/prepare-result.ts";
import { readyText } from "../../src/runner/ready-text.ts";
import { isCancellation } from "../commands.ts";
import type { PrepareRequest, RunnerPreparations } from "./preparations.ts";

const ctrlC = "\x03";
const exitCodes = { ready: 0, notReady: 1 } as const;

export class PrepareTerminal implements vscode.Pseudoterminal {
  readonly #preparations: RunnerPreparations;
  /** @throws what is wrong with how the task is written */
  readonly #read: () => Promise<PrepareRequest>;
  readonly #abort = new AbortController();
  readonly #written = new vscode.EventEmitter<string>();
  readonly #closed = new vscode.EventEmitter<number>();
  readonly onDidWrite = this.#written.event;
  readonly onDidClose = this.#closed.event;

  constructor(preparations: RunnerPreparations, read: () => Promise<PrepareRequest>) {
    this.#preparations = preparations;
    this.#read = read;
  }

  open(): void {
    void this.#run().then((code) => this.#closed.fire(code));
  }

  handleInput(data: string): void {
    if (!data.includes(ctrlC)) return;
    this.#line("^C");
    this.#abort.abort();
  }

  close(): void {
    this.#abort.abort();
  }

  async #run(): Promise<number> {
    try {
      let said = "";
      const result = await this.#preparations.run(await this.#read(), {
        signal: this.#abort.signal,
        onProgress: ({ message }) => {
          // What the compiler does stands there as it is said.
          const [phase = ""] = message.split(": ", 1);
          if (phase !== said) this.#line(`── ${phase}`);
          said = phase;
        },
        onLines: (lines) => {
          for (const line of lines) this.#line(line);
        },
      });
      this.#tell(result);
      return result.ok ? exitCodes.ready : exitCodes.notReady;
    } catch (error) {
      if (isCancellation(error)) this.#line(vscode.l10n.t("Cancelled."));
      else this.#line(error instanceof Error ? error.message : String(error));
      return exitCodes.notReady;
    }
  }

  #tell(result: PrepareResult): void {
    for (const warning of result.warnings) this.#line(warning);
    if (result.ok) {
      this.#line(readyText(result));
      return;
    }
    const { failure, diagnostics } = result;
    for (const each of diagnostics) if (each.severity === "error") this.#line(diagnosticLine(each));
    this.#line(failure.message);
  }

  #line(text: string): void {
    this.#written.fire(`${text.replaceAll(/\r?\n/g, "\r\n")}\r\n`);
  }
}
