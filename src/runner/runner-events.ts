/** What a server says of a preparation to all who listen, under an id that its caller chose. */
import type { Diagnostic } from "./diagnostics/diagnostic.ts";
import type { PrepareState } from "./prepare-result.ts";
import type { PrepareListener } from "./provider.ts";

export type RunnerEvent =
  | ({ readonly kind: "runner-state"; readonly prepareId: string } & PrepareState)
  /** Of the compiler, as they come. */
  | { readonly kind: "runner-lines"; readonly prepareId: string; readonly lines: readonly string[] }
  /** All there are so far: they take the place of those told before. */
  | {
      readonly kind: "runner-diagnostics";
      readonly prepareId: string;
      readonly diagnostics: readonly Diagnostic[];
    };

export function listenerOf(prepareId: string, say: (event: RunnerEvent) => void): PrepareListener {
  return {
    onState: (state) => say({ kind: "runner-state", prepareId, ...state }),
    onLines: (lines) => say({ kind: "runner-lines", prepareId, lines }),
    onDiagnostics: (diagnostics) => say({ kind: "runner-diagnostics", prepareId, diagnostics }),
  };
}
