/**
 * What a tool is. One definition has the schemas of what goes in, what is told on the way and what
 * comes out, and the code that runs; HTTP routes, MCP tools, CLI commands and palette commands are faces of it.
 */
import * as z from "zod";
import { type Progress, progressSchema, type TaskOptions } from "../toolchain/progress.ts";
import type { Caller } from "./caller.ts";
import type { Services } from "./services.ts";

export interface ToolContext extends TaskOptions {
  readonly services: Services;
  readonly caller: Caller;
}

export interface Tool<
  Name extends string = string,
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
  Context = ToolContext,
> {
  /** `group.verb`. */
  readonly name: Name;
  readonly title: string;
  /** For agents and `--help`: what it does, what it gives, when it fails. */
  readonly description: string;
  readonly input: Input;
  /** The answer is JSON, or JSON with typed arrays in it (see `profile/columns.ts`). */
  readonly output: Output;
  readonly progress: z.ZodType<Progress>;
  /** True when a repeated call changes nothing. */
  readonly readOnly: boolean;
  /** @throws ToolError for what the caller can mend; anything else is a defect of ours. */
  run(input: z.output<Input>, context: Context): Promise<z.output<Output>>;
}

/**
 * All tools tell their progress in the same way. One that needs less than the whole context can be
 * run without a server too.
 */
export function defineTool<
  const Name extends string,
  Input extends z.ZodType,
  Output extends z.ZodType,
  Context = ToolContext,
>(tool: Omit<Tool<Name, Input, Output, Context>, "progress">): Tool<Name, Input, Output, Context> {
  return { ...tool, progress: progressSchema };
}

/** A tool as its callers see it. Schemas are JSON Schema, of the JSON form of an answer. */
export function describeTool({
  name,
  title,
  description,
  readOnly,
  input,
  output,
  progress,
}: Omit<Tool, "run">) {
  return {
    name,
    title,
    description,
    readOnly,
    input: z.toJSONSchema(input, { io: "input" }),
    output: outputJsonSchema(output),
    progress: outputJsonSchema(progress),
  };
}

/** Typed arrays say by themselves what they are in JSON: see `column`. */
export function outputJsonSchema(schema: z.ZodType) {
  return z.toJSONSchema(schema, {
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      // Promises of our code to itself, and what is true of all integers here.
      delete jsonSchema.readOnly;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
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
