import { nodesOfFunction } from "../call-tree.ts";
import { noParent } from "../profile.ts";
import type { FlameAnswer, QueryOf, SandwichAnswer } from "../query.ts";
import type { Slice } from "../slice.ts";
import type { Structure } from "../structure.ts";
import { growBoxes, type Point } from "./boxes.ts";
import { functionInfo, MentionedFunctions } from "./function-info.ts";
import { calleesOf, callersOf } from "./growth.ts";
import { QueryError } from "./query-error.ts";

export function flame(
  { profile, tree }: Structure,
  slice: Slice,
  { root: rootId, maxDepth, minShare }: QueryOf<"flame">,
): FlameAnswer {
  if (rootId !== undefined && rootId >= tree.ofNode.length) {
    throw new QueryError(`No call tree node ${rootId}.`);
  }
  const root = rootId === undefined ? undefined : tree.ofNode[rootId]!;
  const mentioned = new MentionedFunctions(profile);
  const total = root === undefined ? slice.total : slice.tree.total[root]!;
  const rootIndex =
    root === undefined ? mentioned.pseudo("(all)") : mentioned.index(tree.func[root]!);
  const { boxes, omitted } = growBoxes(
    [{ node: root ?? noParent, total }],
    calleesOf(tree, slice.tree),
    { maxDepth, minTotal: minShare * total },
    rootIndex,
    (func) => mentioned.index(func),
  );
  const ancestors: FlameAnswer["ancestors"][number][] = [];
  let node = root === undefined ? noParent : tree.parent[root]!;
  for (; node !== noParent; node = tree.parent[node]!) {
    ancestors.push({ id: tree.firstNode[node]!, func: functionInfo(profile, tree.func[node]!) });
  }
  return {
    kind: "flame",
    boxes,
    functions: mentioned.list,
    total,
    omitted,
    ancestors: ancestors.reverse(),
  };
}

export function sandwich(
  { profile, tree, outermostFunction }: Structure,
  slice: Slice,
  { func, maxDepth, minShare }: QueryOf<"sandwich">,
): SandwichAnswer {
  if (func >= profile.functions.length) throw new QueryError(`No function ${func}.`);
  const mentioned = new MentionedFunctions(profile);
  const self = mentioned.index(func);
  const points: Point[] = [];
  for (const node of nodesOfFunction(tree, func)) {
    const total = slice.tree.total[node]!;
    if (outermostFunction[node] && total > 0) points.push({ node, total });
  }
  const total = slice.functions.total[func]!;
  const limits = { maxDepth, minTotal: minShare * total };
  const index = (f: number) => mentioned.index(f);
  const callers = growBoxes(points, callersOf(tree), limits, self, index);
  const callees = growBoxes(points, calleesOf(tree, slice.tree), limits, self, index);
  return {
    kind: "sandwich",
    func: mentioned.list[self]!,
    self: slice.functions.self[func]!,
    total,
    callers: callers.boxes,
    callees: callees.boxes,
    functions: mentioned.list,
    omitted: callers.omitted + callees.omitted,
  };
}
