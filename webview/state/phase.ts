/** Whether there is a profile to show yet, as the host tells it. */
import type { ToView } from "../protocol.ts";

export type Phase =
  | { readonly kind: "opening"; readonly title: string; readonly message: string; share?: number }
  | { readonly kind: "failed"; readonly message: string }
  /** `revision` grows whenever every answer is to be asked for again. */
  | { readonly kind: "open"; readonly title: string; readonly revision: number };

export const initialPhase: Phase = { kind: "opening", title: "", message: "Opening the profile" };

export function nextPhase(phase: Phase, message: ToView): Phase {
  const revision = phase.kind === "open" ? phase.revision : 0;
  switch (message.kind) {
    case "opening": {
      const { title, message: text, share } = message;
      return { kind: "opening", title, message: text, ...(share !== undefined && { share }) };
    }
    case "opened":
      return { kind: "open", title: message.title, revision: revision + 1 };
    case "failed":
      return { kind: "failed", message: message.message };
    case "updated":
      return phase.kind === "open" ? { ...phase, revision: revision + 1 } : phase;
    default:
      return phase;
  }
}
