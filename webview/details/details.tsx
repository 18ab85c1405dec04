/** What is selected: its numbers, its place, and what can be done with it. */
import type { FunctionInfo } from "../../src/profile/query.ts";
import { clipped, formatShare } from "../text/format.ts";
import { fullLocation, sourceOf } from "../text/location.ts";
import { useApp } from "../ui/context.ts";
import { Icon } from "../ui/icon.tsx";
import { useAnswer } from "../ui/use-answer.ts";
import { useWeight } from "../ui/use-weight.ts";

/** @param whole microseconds that shares are shares of */
export function Details({ whole }: { readonly whole: number }) {
  const { state, filter } = useApp();
  const { selection } = state;
  const func = selection && selection.func >= 0 ? selection.func : undefined;
  const node = selection && selection.node >= 0 ? selection.node : undefined;
  const ofFunction = useAnswer<"sandwich">(
    func === undefined ? undefined : { kind: "sandwich", filter, func, maxDepth: 1, minShare: 1 },
  ).latest?.answer;
  const stackAsked = useAnswer<"flame">(
    node === undefined
      ? undefined
      : { kind: "flame", filter, root: node, maxDepth: 1, minShare: 1 },
  ).latest;

  // The last selection's numbers stay until the next one's are there.
  if (!ofFunction || func === undefined) {
    return (
      <section class="details details-empty" aria-label="Selection">
        Select a frame to see its numbers.
      </section>
    );
  }
  const ofStack = stackAsked?.query.root === node ? stackAsked?.answer : undefined;
  const isOfStack = ofStack && ofStack.functions[ofStack.boxes.func[0]!]?.id === ofFunction.func.id;
  const stack = isOfStack ? [...ofStack.ancestors.map((step) => step.func), ofFunction.func] : [];
  return (
    <section class="details" aria-label="Selection">
      <div class="details-frame">
        <div class="details-name" title={clipped(ofFunction.func.name)}>
          {clipped(ofFunction.func.name, 300)}
        </div>
        <Location func={ofFunction.func} />
      </div>
      <dl class="details-times">
        {isOfStack && (
          <Times
            label="This stack"
            self={ofStack.boxes.self[0]!}
            total={ofStack.total}
            whole={whole}
          />
        )}
        <Times label="All calls" self={ofFunction.self} total={ofFunction.total} whole={whole} />
      </dl>
      <Actions func={ofFunction.func} stack={stack} node={node} />
    </section>
  );
}

function Location({ func }: { readonly func: FunctionInfo }) {
  const { post } = useApp();
  const text = fullLocation(func);
  const position = sourceOf(func);
  if (!position) return <div class="details-location quiet">{text || "No source"}</div>;
  return (
    <button
      type="button"
      class="details-location link"
      title={`Open ${text}`}
      onClick={() => post({ kind: "go-to-source", position, beside: true })}
    >
      {text}
    </button>
  );
}

interface TimesProps {
  readonly label: string;
  readonly self: number;
  readonly total: number;
  readonly whole: number;
}

function Times({ label, self, total, whole }: TimesProps) {
  const formatWeight = useWeight();
  return (
    <div class="details-row">
      <dt>{label}</dt>
      <dd>
        <span class="quiet">total</span> {formatWeight(total)}{" "}
        <span class="quiet">{formatShare(total, whole)}</span>
      </dd>
      <dd>
        <span class="quiet">self</span> {formatWeight(self)}{" "}
        <span class="quiet">{formatShare(self, whole)}</span>
      </dd>
    </div>
  );
}

interface ActionsProps {
  readonly func: FunctionInfo;
  readonly node: number | undefined;
  /** Bottom of the stack first; empty where no stack is selected. */
  readonly stack: readonly FunctionInfo[];
}

function Actions({ func, node, stack }: ActionsProps) {
  const { state, dispatch, post } = useApp();
  const position = sourceOf(func);
  const isGraph = state.view === "flame" && state.sandwich === undefined;
  return (
    <div class="details-actions" role="toolbar" aria-label="Actions on the selection">
      {position && (
        <Action
          icon="go-to-file"
          label="Open source"
          run={() => post({ kind: "go-to-source", position, beside: true })}
        />
      )}
      {isGraph && node !== undefined && state.root !== node && (
        <Action icon="zoom-in" label="Zoom" run={() => dispatch({ kind: "zoom", root: node })} />
      )}
      {!isGraph && (
        <Action
          icon="flame"
          label="Show in the flame graph"
          run={() => dispatch({ kind: "reveal", func: func.id })}
        />
      )}
      {(state.view === "table" || state.sandwich !== func.id) && (
        <Action
          icon="type-hierarchy"
          label="Show callers and callees"
          run={() => dispatch({ kind: "sandwich", func: func.id })}
        />
      )}
      <Action icon="copy" label="Copy name" run={() => copy(clipped(func.name, 100_000))} />
      {stack.length > 0 && (
        <Action icon="list-flat" label="Copy stack" run={() => copy(stackText(stack))} />
      )}
    </div>
  );
}

function Action({ icon, label, run }: { icon: string; label: string; run: () => void }) {
  return (
    <vscode-toolbar-button label={label} title={label} onClick={run}>
      <Icon name={icon} />
    </vscode-toolbar-button>
  );
}

/** As engines print stacks: the innermost call first. */
function stackText(stack: readonly FunctionInfo[]): string {
  return stack
    .map((func) => {
      const location = fullLocation(func);
      return `at ${clipped(func.name)}${location === "" ? "" : ` (${location})`}`;
    })
    .reverse()
    .join("\n");
}

function copy(text: string): void {
  // Refused only where the page has lost focus, and then there is nobody to tell.
  navigator.clipboard.writeText(text).catch(() => undefined);
}
