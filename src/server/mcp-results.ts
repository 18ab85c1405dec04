/** What an MCP call answers: a tool's answer, why there is none, or that the job still runs. */
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { columnsToJson } from "../profile/columns.ts";
import type { ErrorAnswer } from "./protocol.ts";

/** Characters; an agent that is given more can think of little else. */
const longestText = 200_000;

export function answerResult(value: unknown): CallToolResult {
  const answer = columnsToJson(value ?? {});
  const text = JSON.stringify(answer);
  if (text.length > longestText) return tooLong(text.length);
  const isObject = typeof answer === "object" && answer !== null && !Array.isArray(answer);
  return {
    content: [{ type: "text", text }],
    structuredContent: isObject ? (answer as Record<string, unknown>) : { value: answer },
  };
}

/** For the agent to read and mend: errors of the protocol itself are not shown to it. */
export function errorResult({ code, message }: ErrorAnswer): CallToolResult {
  return {
    isError: true,
    content: [{ type: "text", text: `${code}: ${message}` }],
    structuredContent: { code, message },
  };
}

function tooLong(length: number): CallToolResult {
  const kilobytes = (characters: number) => `${Math.ceil(characters / 1000)} kB`;
  const message =
    `The call worked, but its answer has ${kilobytes(length)}, more than the ` +
    `${kilobytes(longestText)} that are given at once. Ask for less: a lower limit, a higher ` +
    "minShare, a shorter time range.";
  return errorResult({ code: "answer-too-long", message });
}
