/** The members of a CPU profile in JSON, as a shape that tells them to a sink. */
import type { Shape } from "./json-scanner.ts";
import { type FileNode, newNode, type ProfileSink } from "./profile-sink.ts";

export function profileMembers(sink: ProfileSink): [string, Shape][] {
  return [
    ["nodes", { items: nodeShape((node) => sink.node(node)) }],
    ["samples", { items: { number: (id) => sink.sample(id) } }],
    ["timeDeltas", { items: { number: (delta) => sink.delta(delta) } }],
    ["startTime", { number: (time) => sink.startTime(time) }],
    ["endTime", { number: (time) => sink.endTime(time) }],
  ];
}

function nodeShape(onNode: (node: FileNode) => void): Shape {
  let node = newNode();
  let line = 0;
  let ticks = 0;
  const name = (text: string) => {
    node.name = text;
    node.hasName = true;
  };
  const callFrame = new Map<string, Shape>([
    ["functionName", { string: name }],
    ["url", { string: (url) => (node.url = url) }],
    ["lineNumber", { number: (value) => (node.lineNumber = value) }],
    ["columnNumber", { number: (value) => (node.columnNumber = value) }],
  ]);
  const positionTick: Shape = {
    begin: () => {
      line = 0;
      ticks = 0;
    },
    members: new Map<string, Shape>([
      ["line", { number: (value) => (line = value) }],
      ["ticks", { number: (value) => (ticks = value) }],
    ]),
    end: () => node.positionTicks.push(line, ticks),
  };
  return {
    begin: () => {
      node = newNode();
    },
    members: new Map<string, Shape>([
      ["id", { number: (id) => (node.id = id) }],
      ["parent", { number: (id) => (node.parent = id) }],
      ["callFrame", { members: callFrame }],
      ["hitCount", { number: (count) => (node.hitCount = count) }],
      ["children", { items: { number: (id) => node.children.push(id) } }],
      ["positionTicks", { items: positionTick }],
    ]),
    end: () => onNode(node),
  };
}
