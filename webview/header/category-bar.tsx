import type { SummaryAnswer } from "../../src/profile/query.ts";
import { cssColor } from "../color/oklch.ts";
import { categoryColor, categoryLabels } from "../color/palette.ts";
import { formatCount, formatShare } from "../text/format.ts";
import { useTheme } from "../ui/use-theme.ts";
import { useWeight } from "../ui/use-weight.ts";

/** Where all of the time went, idle included; its legend is the graph's, too. */
export function CategoryBar({ rows }: { readonly rows: SummaryAnswer["byCategory"] }) {
  const { kind } = useTheme();
  const formatWeight = useWeight();
  const sum = rows.reduce((total, { time }) => total + time, 0);
  const ordered = [...rows].sort((a, b) => b.time - a.time);
  return (
    <div class="categories">
      <div class="category-bar" aria-hidden="true">
        {ordered.map(({ category, time }) => (
          <span
            key={category}
            style={{ flexGrow: time, background: cssColor(categoryColor(category, kind)) }}
          />
        ))}
      </div>
      <ul class="legend" aria-label="Time by category">
        {ordered.map(({ category, time, samples }) => (
          <li key={category} title={`${formatWeight(time)}, ${formatCount(samples, "sample")}`}>
            <span
              class="swatch"
              aria-hidden="true"
              style={{ background: cssColor(categoryColor(category, kind)) }}
            />
            {categoryLabels[category]} <span class="quiet">{formatShare(time, sum)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
