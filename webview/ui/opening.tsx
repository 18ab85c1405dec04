import type { Phase } from "../state/phase.ts";
import { clipped } from "../text/format.ts";

interface Props {
  readonly phase: Extract<Phase, { kind: "opening" }>;
  readonly onCancel: () => void;
}

export function Opening({ phase, onCancel }: Props) {
  const { title, message, share } = phase;
  return (
    <div class="notice opening">
      {title !== "" && <h1>{clipped(title, 120)}</h1>}
      <p role="status">{message}</p>
      <vscode-progress-bar
        aria-label={message}
        {...(share === undefined ? { indeterminate: true } : { value: share * 100, max: 100 })}
      />
      <vscode-button secondary onClick={onCancel}>
        Cancel
      </vscode-button>
    </div>
  );
}
