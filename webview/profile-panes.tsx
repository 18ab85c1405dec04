/** An open profile: header, timeline, one pane, and the details of what is selected. */
import { useEffect, useMemo } from "preact/hooks";
import { Details } from "./details/details.tsx";
import { FindingsView } from "./findings/findings-view.tsx";
import { FlameView } from "./flame/flame-view.tsx";
import { SandwichView } from "./flame/sandwich-view.tsx";
import { Header } from "./header/header.tsx";
import { TableView } from "./table/table-view.tsx";
import { formatCycles, formatSamples, formatTime } from "./text/format.ts";
import { Timeline } from "./timeline/timeline.tsx";
import { useApp } from "./ui/context.ts";
import { Failure, Notice } from "./ui/notice.tsx";
import { useAnswer } from "./ui/use-answer.ts";
import { WeightContext } from "./ui/use-weight.ts";

const mostMatches = 10_000;

export function ProfilePanes({ title }: { readonly title: string }) {
  const { state, filter } = useApp();
  const { text, sandwich } = state;
  const { latest, failure, retry } = useAnswer<"summary">({ kind: "summary", filter });
  const search = useAnswer<"search">(
    text.trim() === "" ? undefined : { kind: "search", filter, text, limit: mostMatches },
  );
  const found = search.latest?.answer;
  const matches = useMemo(() => found && new Set(found.matches), [found]);
  useShortcuts();

  const summary = latest?.answer;
  if (!summary) return failure === undefined ? null : <Failure message={failure} retry={retry} />;
  if (summary.samples === 0 && !summary.hasEvidence)
    return <Empty duration={summary.meta.duration} />;
  const { total, meta, samples } = summary;
  // Of leaks alone there is no graph to show.
  const view = samples === 0 ? "findings" : state.view;
  const format = weightFormats[meta.weightUnit];
  return (
    <WeightContext.Provider value={format}>
      <div class="view">
        <Header title={title} summary={summary} found={found} />
        <Timeline duration={meta.duration} />
        <main class="main">
          {view === "findings" && <FindingsView />}
          {view === "table" && <TableView matches={matches} />}
          {view === "flame" && sandwich === undefined && (
            <FlameView matches={matches} whole={total} />
          )}
          {view === "flame" && sandwich !== undefined && (
            <SandwichView func={sandwich} matches={matches} />
          )}
        </main>
        {view !== "findings" && <Details whole={total} />}
      </div>
    </WeightContext.Provider>
  );
}

const weightFormats = {
  microseconds: formatTime,
  cycles: formatCycles,
  samples: formatSamples,
} as const;

/** @param duration microseconds */
function Empty({ duration }: { readonly duration: number }) {
  return (
    <Notice icon="watch">
      <p>Nothing was sampled{duration > 0 && ` in ${formatTime(duration)}`}.</p>
      <p class="quiet">
        The program ended or only waited before the sampler looked. Give it work for a second or
        more while it is profiled: a loop over its hottest path, or requests to a server.
      </p>
    </Notice>
  );
}

/** Keys that work wherever the focus is, but in a text. */
function useShortcuts(): void {
  const { dispatch } = useApp();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isFind = (event.ctrlKey || event.metaKey) && event.key === "f";
      const inText = event.composedPath()[0] instanceof HTMLInputElement;
      if (!isFind && (inText || event.ctrlKey || event.metaKey || event.altKey)) return;
      if (isFind || event.key === "/") document.getElementById("search")?.focus();
      else if (event.key === "f") dispatch({ kind: "show", view: "flame" });
      else if (event.key === "t") dispatch({ kind: "show", view: "table" });
      else if (event.key === "i") dispatch({ kind: "show", view: "findings" });
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [dispatch]);
}
