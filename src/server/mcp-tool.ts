/** A tool as agents meet it: what it takes, and the forms that its answers may have. */
import type { CallToolResult, Tool as McpTool } from "@modelcontextprotocol/sdk/types.js";
import * as z from "zod";
import { describeTool, outputJsonSchema, type Tool, type ToolContext } from "../tools/tool.ts";

/** Its answer is already MCP's; `output` is of the answer's structured content. */
export interface AgentTool extends Omit<Tool, "run"> {
  run(input: unknown, context: ToolContext): Promise<CallToolResult>;
}

/** Instead of an answer, when the call takes long. */
const stillRunsSchema = z
  .object({ jobId: z.string(), state: z.enum(["waiting", "running"]), message: z.string() })
  .describe("The call still runs: jobs.wait goes on from there");
export type StillRuns = z.output<typeof stillRunsSchema>;

/** Instead of an answer, with `isError`. */
const errorSchema = z
  .object({ code: z.string(), message: z.string() })
  .describe("There is no answer, for this reason");

export function listed(tool: AgentTool): McpTool {
  const { name, title, description, readOnly, input, output } = describeTool(tool);
  return {
    name,
    title,
    description,
    inputSchema: input as McpTool["inputSchema"],
    // Clients hold every structured content to it, whatever it stands for.
    ...(isOfObjects(output) && {
      outputSchema: {
        ...outputJsonSchema(z.union([tool.output, stillRunsSchema, errorSchema])),
        type: "object",
      } as McpTool["outputSchema"],
    }),
    annotations: { title, readOnlyHint: readOnly },
  };
}

/** Anything else is wrapped, as MCP knows no other structured content. */
function isOfObjects({ type, anyOf }: z.core.JSONSchema.BaseSchema): boolean {
  return type === "object" || (anyOf?.every((each) => isOfObjects(each)) ?? false);
}
