import type { SearchAnswer, SummaryAnswer } from "../../src/profile/query.ts";
import type { ViewName } from "../state/view-state.ts";
import { clipped, formatCount, formatTime } from "../text/format.ts";
import { useApp } from "../ui/context.ts";
import { Icon } from "../ui/icon.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { CategoryBar } from "./category-bar.tsx";
import { SearchBox } from "./search-box.tsx";
import { ThreadPicker } from "./thread-picker.tsx";
import { useOpen, WarningsButton, WarningsList } from "./warnings.tsx";

interface Props {
  readonly title: string;
  readonly summary: SummaryAnswer;
  readonly found: SearchAnswer | undefined;
}

const views = [
  { value: "flame", label: "Flame Graph", icon: "flame", hint: "F" },
  { value: "table", label: "Table", icon: "list-tree", hint: "T" },
] as const;
const findings = { value: "findings", label: "Findings", icon: "lightbulb", hint: "I" } as const;
const report = { ...findings, label: "Report", icon: "report" } as const;

export function Header({ title, summary, found }: Props) {
  const { state, dispatch } = useApp();
  const { meta, samples, total, threads, warnings, byCategory } = summary;
  const [areWarningsOpen, toggleWarnings] = useOpen();
  const hasIdle = byCategory.some(({ category }) => category === "idle");
  const { includeIdle } = state.chosen;
  const told = meta.format === "hang" ? report : findings;
  return (
    <header class="header">
      <div class="toolbar">
        <Tabs<ViewName>
          label="View"
          panel="pane"
          tabs={summary.hasEvidence ? [...views, told] : views}
          selected={state.view}
          onSelect={(view) => dispatch({ kind: "show", view })}
        />
        <SearchBox found={found} />
        {threads.length > 1 && <ThreadPicker threads={threads} />}
        {hasIdle && (
          <vscode-toolbar-button
            toggleable
            checked={includeIdle}
            label="Show idle time"
            title="Show idle time"
            onClick={() => dispatch({ kind: "idle", include: !includeIdle })}
          >
            <Icon name="watch" />
          </vscode-toolbar-button>
        )}
        <WarningsButton warnings={warnings} isOpen={areWarningsOpen} onToggle={toggleWarnings} />
      </div>
      {areWarningsOpen && <WarningsList warnings={warnings} />}
      <div class="facts">
        <h1 title={clipped(title)}>{clipped(title, 120)}</h1>
        <span>{formatTime(meta.duration)}</span>
        <span>{formatCount(meta.weightUnit === "samples" ? total : samples, "sample")}</span>
        <CategoryBar rows={byCategory} />
      </div>
    </header>
  );
}
