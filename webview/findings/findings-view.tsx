/** What was found, in words: hangs, leaks and hot functions, each with the way to its line. */
import type { FindingsAnswer, HangFinding, HotFinding } from "../../src/profile/query.ts";
import { clipped, formatCount, formatShare, formatTime } from "../text/format.ts";
import { fullLocation, shortLocation, sourceOf } from "../text/location.ts";
import { useApp } from "../ui/context.ts";
import { Failure } from "../ui/notice.tsx";
import { useAnswer } from "../ui/use-answer.ts";
import { useWeight } from "../ui/use-weight.ts";
import { HangReport } from "./hang-report.tsx";
import { LeakList } from "./leak-list.tsx";
import { PartState } from "./part-state.tsx";

/** Frames of a hang's stack that are shown. */
const shownFrames = 12;
/** A thread that ran for less of its hang hung because it waited. */
const mostlyWaited = 0.1;

export function FindingsView() {
  const { filter } = useApp();
  const { latest, failure, retry } = useAnswer<"findings">({ kind: "findings", filter });
  if (!latest) return failure === undefined ? null : <Failure message={failure} retry={retry} />;
  const { account, hangs, leaks, functions, threads, bursts } = latest.answer;
  return (
    <div class="findings" id="pane">
      {account && <HangReport account={account} />}
      <section aria-label={account ? "Stack" : "Hangs"}>
        <h2>{account ? "Stack" : "Hangs"}</h2>
        <PartState part={hangs} nothing={hangs.found.length === 0} none="The app did not hang." />
        {hangs.found.map((hang) => (
          <Hang
            key={`${hang.thread} ${hang.start}`}
            hang={hang}
            threads={threads}
            isCapture={account !== undefined}
          />
        ))}
      </section>
      {!account && (
        <section aria-label="Leaks">
          <h2>Leaks</h2>
          <PartState part={leaks} nothing={leaks.groups.length === 0} none="No leaks were found." />
          <LeakList groups={leaks.groups} />
        </section>
      )}
      <section aria-label="Hot functions">
        <h2>Hot functions</h2>
        <PartState
          part={latest.answer.samples}
          nothing={functions.length === 0}
          none="Nothing ran while it was sampled."
        />
        {functions.length > 0 && <HotFunctions functions={functions} />}
      </section>
      {bursts.length > 0 && (
        <section aria-label="Bursts">
          <h2>Bursts</h2>
          <Bursts bursts={bursts} />
        </section>
      )}
    </div>
  );
}

interface HangProps {
  readonly hang: HangFinding;
  readonly threads: FindingsAnswer["threads"];
  /** Of a few looks: they count samples, which say nothing of how long it ran. */
  readonly isCapture: boolean;
}

function Hang({ hang, threads, isCapture }: HangProps) {
  const { dispatch } = useApp();
  const formatWeight = useWeight();
  const { type, start, duration, stack, busy, samples } = hang;
  const waited = busy < duration * mostlyWaited;
  const thread = threads.find((each) => each.thread === hang.thread);
  const show = () => {
    dispatch({ kind: "range", range: { from: start, to: start + duration } });
    dispatch({ kind: "show", view: "flame" });
  };
  return (
    <article class="finding">
      <h3>
        <button type="button" class="link" title="Show in the flame graph" onClick={show}>
          {clipped(type, 80)}, {formatTime(duration)}
        </button>{" "}
        <span class="quiet">
          from {formatTime(start)} on{thread && ` · ${clipped(thread.name, 80)}`}
        </span>
      </h3>
      {samples === 0 ? (
        <p class="quiet">Its thread did not run: it waited, for a lock, a file or an answer.</p>
      ) : (
        <>
          <p class="quiet">
            {isCapture
              ? `${busy === 1 ? "One sample" : `Most of ${formatCount(busy, "sample")}`} found it here, innermost first:`
              : `Its thread ${waited ? "waited; it ran" : "ran"} for ${formatWeight(busy)} of it, most of that here, innermost first:`}
          </p>
          <Stack hang={hang} />
          {stack.length > shownFrames && (
            <p class="quiet">and {formatCount(stack.length - shownFrames, "more frame")}</p>
          )}
        </>
      )}
    </article>
  );
}

function Stack({ hang: { stack, culprit } }: { readonly hang: HangFinding }) {
  const { post } = useApp();
  return (
    <ol class="finding-stack">
      {stack.slice(0, shownFrames).map((frame, index) => {
        const place = { ...frame, url: frame.frameUrl, line: frame.frameLine, column: 0 };
        const position = sourceOf(place);
        return (
          <li key={`${frame.id} ${index}`} class={index === culprit ? "culprit" : ""}>
            <span>{clipped(frame.name, 120)}</span>{" "}
            {position && frame.frameLine > 0 ? (
              <button
                type="button"
                class="link"
                title={`Open ${fullLocation(place)}`}
                onClick={() => post({ kind: "go-to-source", position, beside: true })}
              >
                {shortLocation(place)}
              </button>
            ) : (
              <span class="quiet">{shortLocation(place)}</span>
            )}
          </li>
        );
      })}
    </ol>
  );
}

function HotFunctions({ functions }: { readonly functions: readonly HotFinding[] }) {
  const { dispatch } = useApp();
  return (
    <table class="finding-table">
      <thead>
        <tr>
          <th scope="col">Function</th>
          <th scope="col" class="number">
            Share
          </th>
          <th scope="col" class="number">
            During hangs
          </th>
          <th scope="col">Place</th>
        </tr>
      </thead>
      <tbody>
        {functions.map((func) => (
          <tr key={func.id}>
            <td>
              <button
                type="button"
                class="link"
                title="Show in the flame graph"
                onClick={() => dispatch({ kind: "reveal", func: func.id })}
              >
                {clipped(func.name, 120)}
              </button>
              {!func.isApp && <span class="quiet"> system</span>}
            </td>
            <td class="number">{formatShare(func.share, 1)}</td>
            <td class="number">{formatShare(func.duringHangs, 1)}</td>
            <td class="quiet">{shortLocation(func)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Bursts({ bursts }: { readonly bursts: FindingsAnswer["bursts"] }) {
  const { dispatch } = useApp();
  return (
    <ul class="finding-list">
      {bursts.map(({ start, duration, time }) => (
        <li key={start}>
          <button
            type="button"
            class="link"
            onClick={() => {
              dispatch({ kind: "range", range: { from: start, to: start + duration } });
              dispatch({ kind: "show", view: "flame" });
            }}
          >
            {formatTime(duration)} from {formatTime(start)} on
          </button>{" "}
          <span class="quiet">{formatTime(time)} of work on all cores</span>
        </li>
      ))}
    </ul>
  );
}
