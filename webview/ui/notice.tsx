import type { ComponentChildren } from "preact";
import { Icon } from "./icon.tsx";

interface Props {
  readonly icon: string;
  readonly children: ComponentChildren;
}

/** A sentence in the middle of a pane that has nothing else to show. */
export function Notice({ icon, children }: Props) {
  return (
    <div class="notice" role="status">
      <Icon name={icon} />
      <div class="notice-text">{children}</div>
    </div>
  );
}

/** A query that has no answer, and the way to ask again. */
export function Failure({ message, retry }: { message: string; retry: () => void }) {
  return (
    <div class="failure" role="alert">
      <Icon name="error" />
      <span>{message}</span>
      <vscode-button secondary onClick={retry}>
        Try again
      </vscode-button>
    </div>
  );
}
