import { useState } from "preact/hooks";
import type { Warning } from "../../src/profile/profile.ts";
import { clipped, formatCount } from "../text/format.ts";
import { Icon } from "../ui/icon.tsx";

/** The count of what could not be read; opens into the list of it. */
export function WarningsButton({ warnings, isOpen, onToggle }: Props) {
  if (warnings.length === 0) return null;
  const label = formatCount(warnings.length, "warning");
  return (
    <button
      type="button"
      class="warnings-button"
      aria-expanded={isOpen}
      aria-controls="warnings"
      title="What could not be read"
      onClick={onToggle}
    >
      <Icon name="warning" />
      {label}
    </button>
  );
}

interface Props {
  readonly warnings: readonly Warning[];
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

export function WarningsList({ warnings }: { readonly warnings: readonly Warning[] }) {
  return (
    <ul id="warnings" class="warnings" aria-label="What could not be read">
      {warnings.map(({ code, message, count }) => (
        <li key={code}>
          {clipped(message, 400)}{" "}
          <span class="quiet">×&thinsp;{count.toLocaleString("en-US")}</span>
        </li>
      ))}
    </ul>
  );
}

export function useOpen(): [boolean, () => void] {
  const [isOpen, setOpen] = useState(false);
  return [isOpen, () => setOpen((open) => !open)];
}
