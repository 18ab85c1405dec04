/** `hangscope tools`: what the server can do, by its own word. */
import type { ToolDescription } from "../tools/tool.ts";
import { exitCodes } from "./failure.ts";
import { ensure } from "./server-command.ts";

export interface ToolsOptions {
  readonly json: boolean;
  readonly signal: AbortSignal;
}

export async function toolsCommand(
  workspace: string,
  { json, signal }: ToolsOptions,
): Promise<number> {
  const tools = await (await ensure(workspace, signal, "autospawn")).tools();
  console.log(json ? JSON.stringify(tools) : renderTools(tools));
  return exitCodes.ok;
}

export function renderTools(
  tools: readonly Pick<ToolDescription, "name" | "title" | "description">[],
): string {
  const names = Math.max(...tools.map(({ name }) => name.length));
  const titles = Math.max(...tools.map(({ title }) => title.length));
  return tools
    .map(({ name, title, description }) =>
      `${name.padEnd(names)}  ${title.padEnd(titles)}  ${firstSentence(description)}`.trimEnd(),
    )
    .join("\n");
}

function firstSentence(text: string): string {
  return text.replaceAll(/\s+/g, " ").replace(/(?<=\.) (?=[A-Z]).*/, "");
}
