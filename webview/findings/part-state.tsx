/** How far a part of the recording is to be believed. "None" is said only of what was read. */
import type { Part } from "../../src/profile/evidence.ts";
import { clipped } from "../text/format.ts";
import { Icon } from "../ui/icon.tsx";

const words = {
  incomplete: "Only a part of this could be read.",
  "not-finished": "Not finished.",
  "not-recorded": "Not recorded.",
  failed: "This could not be read.",
} as const;

interface Props {
  readonly part: Part;
  /** Whether nothing was found. */
  readonly nothing: boolean;
  /** What that means where everything was read. */
  readonly none: string;
}

export function PartState({ part: { state, reason }, nothing, none }: Props) {
  if (state === "read") return nothing ? <p class="quiet">{none}</p> : null;
  return (
    <p class="part-state">
      <Icon name={state === "not-recorded" ? "info" : "warning"} />
      <span>
        {words[state]} <span class="quiet">{clipped(reason, 600)}</span>
      </span>
    </p>
  );
}
