/** What was tried to see what a process is stuck on, and what came of it. */
import type { HangAccount } from "../../src/profile/evidence.ts";
import { clipped, formatBytes } from "../text/format.ts";
import { Icon } from "../ui/icon.tsx";
import { HeapTrend } from "./heap-trend.tsx";

const outcomes = {
  named: { icon: "pass-filled", label: "Named the function" },
  told: { icon: "info", label: "Told something else" },
  failed: { icon: "error", label: "Failed" },
  skipped: { icon: "circle-slash", label: "Skipped" },
} as const;

/** A target's own words are of any length. */
const longestMessage = 600;

export function HangReport({ account }: { readonly account: HangAccount }) {
  const { verdict, heap, steps, advice } = account;
  return (
    <>
      <h2 class="verdict">{clipped(verdict, longestMessage)}</h2>
      {advice.map((text) => (
        <p key={text} class="part-state">
          <Icon name="lightbulb" />
          <span>{clipped(text, longestMessage)}</span>
        </p>
      ))}
      {heap && (
        <section aria-label="Heap">
          <h2>Heap</h2>
          <HeapTrend heap={heap} />
          {heap.residentBytes !== undefined && (
            <p class="quiet">The whole process holds {formatBytes(heap.residentBytes)}.</p>
          )}
        </section>
      )}
      <section aria-label="Steps">
        <h2>Steps</h2>
        <table class="finding-table">
          <thead>
            <tr>
              <th scope="col">Step</th>
              <th scope="col" class="number">
                Time
              </th>
              <th scope="col">What it said</th>
            </tr>
          </thead>
          <tbody>
            {steps.map(({ step, outcome, reason, message, ms }) => (
              <tr key={step}>
                <td class={`step ${outcome}`} title={outcomes[outcome].label}>
                  <Icon name={outcomes[outcome].icon} /> {step}
                </td>
                <td class="number">{ms.toLocaleString("en-US")} ms</td>
                <td>
                  {clipped(message, longestMessage)}
                  {reason !== undefined && <code class="quiet"> {clipped(reason, 60)}</code>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
