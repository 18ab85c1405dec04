/** The cell of a stack, in the shape of each generation; leaf first. */
import { join } from "node:path/posix";
import type { RunningProcess } from "../scenario-types.ts";
import type { Generation } from "./generations.ts";
import { escapeXml, type Ids } from "./markup.ts";
import type { Binary, Frame, Stack } from "./stuck-app.ts";

interface Place {
  readonly ids: Ids;
  readonly generation: Generation;
  readonly sourceRoot: string;
}

export function stackCell(stack: Stack, process: RunningProcess, place: Place): string {
  const { ids } = place;
  const leafFirst = stack.toReversed();
  const key = `${process.pid}:${leafFirst.map(addressOf).join(" ")}`;
  const frames = () => leafFirst.map((frame) => frameElement(frame, process, place)).join("");
  switch (place.generation.stacks) {
    case "addresses":
      return addressesElement(leafFirst, process, key, ids);
    case "frames":
      return ids.element("backtrace", key, {}, frames);
    case "tagged":
      return ids.element("tagged-backtrace", key, { fmt: summaryOf(leafFirst) }, () =>
        ids.element("backtrace", key, {}, frames),
      );
    case "tagged-frames":
      return ids.element("tagged-backtrace", key, {}, frames);
  }
}

function frameElement(frame: Frame, process: RunningProcess, { ids, sourceRoot }: Place): string {
  const { binary, source } = frame;
  const address = hex(addressOf(frame));
  const attributes = {
    name: frame.name ?? address,
    addr: address,
    inlined: frame.inlined && "true",
  };
  return ids.element("frame", `${process.pid}:${address}`, attributes, () => {
    const parts = [binary ? binaryElement(binary, process, ids) : ""];
    if (source) {
      const path = join(sourceRoot, "Sources/StuckApp", source.file);
      const file = ids.element("path", path, {}, () => escapeXml(path));
      parts.push(`<source line="${source.line}">${file}</source>`);
    }
    return parts.join("");
  });
}

function binaryElement(binary: Binary, process: RunningProcess, ids: Ids): string {
  const path = binary.path ?? process.path;
  return ids.element("binary", path, {
    // A program's own binary is called as the program is.
    name: binary.path ? binary.name : process.name,
    UUID: binary.uuid,
    arch: "arm64",
    "load-addr": hex(binary.loadAddress),
    path,
  });
}

/**
 * Only the leaf has a name. The calls next to the root are a fragment of their own, which other
 * stacks refer to.
 */
function addressesElement(
  leafFirst: Stack,
  process: RunningProcess,
  key: string,
  ids: Ids,
): string {
  const cut = Math.ceil(leafFirst.length / 2);
  const fragment = (frames: Stack) => {
    const text = frames.map(addressOf).join(" ");
    const fmt = `frag ${(addressOf(frames[0]!) % 4096) + frames.length}`;
    return [
      ids.element("process", process.pid, {}),
      ids.element("text-addresses", text, { fmt }, () => text),
    ].join("");
  };
  return ids.element("backtrace", key, { fmt: summaryOf(leafFirst) }, () =>
    [leafFirst.slice(0, cut), leafFirst.slice(cut)].map(fragment).join(""),
  );
}

function summaryOf(leafFirst: Stack): string {
  const leaf = leafFirst[0]!;
  const others = leafFirst.length - 1;
  return `${leaf.name ?? hex(addressOf(leaf))} ← (${others} other frame${others === 1 ? "" : "s"})`;
}

function addressOf({ binary, offset }: Frame): number {
  return (binary?.loadAddress ?? 0) + offset;
}

function hex(address: number): string {
  return `0x${address.toString(16)}`;
}
