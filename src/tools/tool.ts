/**
 * What a tool is. One definition has the schema of what goes in and comes out and the code that
 * runs; HTTP routes, MCP tools, CLI commands and palette commands are faces of it.
 */
import * as z from "zod";
import type { TaskOptions } from "../toolchain/progress.ts";
import type { Caller } from "./caller.ts";
import type { Services } from "./services.ts";

export interface ToolContext extends TaskOptions {
  readonly services: Services;
  readonly caller: Caller;
}

export interface Tool<
  Name extends string = string,
  Input extends z.ZodType = z.ZodType,
  Output = unknown,
> {
  /** `group.verb`. */
  readonly name: Name;
  readonly title: string;
  /** For agents and `--help`: what it does, what it gives, when it fails. */
  readonly description: string;
  readonly input: Input;
  /** True when a repeated call changes nothing. */
  readonly readOnly: boolean;
  /**
   * The answer is JSON, or JSON with typed arrays in it (see `profile/columns.ts`).
   * @throws ToolError for what the caller can mend; anything else is a defect of ours.
   */
  run(input: z.output<Input>, context: ToolContext): Promise<Output>;
}

export function defineTool<const Name extends string, Input extends z.ZodType, Output>(
  tool: Tool<Name, Input, Output>,
): Tool<Name, Input, Output> {
  return tool;
}

/** A tool as its callers see it. Schemas are JSON Schema. */
export function describeTool({ name, title, description, input, readOnly }: Tool) {
  return {
    name,
    title,
    description,
    readOnly,
    input: z.toJSONSchema(input, { io: "input" }),
  };
}

export type ToolDescription = ReturnType<typeof describeTool>;

/** A failure that the caller can do something about; its message says what. */
export class ToolError extends Error {
  override readonly name = "ToolError";
  /** Stable, kebab-case. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
